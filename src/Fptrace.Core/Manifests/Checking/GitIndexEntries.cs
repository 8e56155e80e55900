using System.Buffers.Binary;
using Fptrace.Steps;

namespace Fptrace.Manifests.Checking;

/// <summary>The entries of git's index, one after another: of the versions 2, 3 and 4, with SHA-1
/// (gitformat-index(5)).</summary>
/// <remarks>Git's formats for SHA-256 are not read: there the offsets are others, and nothing in the file tells them
/// apart.</remarks>
internal ref struct GitIndexEntries
{
    // Twelve bytes: the signature, the version, the number of entries.
    private const int HeaderSize = 12;
    private const int FlagsOffset = 60;
    private const int ExtendedFlag = 0x4000;
    private const int NameLengthMask = 0xfff;
    private const int Padding = 8;

    private readonly ReadOnlySpan<byte> _index;
    private readonly uint _version;
    private readonly byte[] _name = new byte[StoredPath.LongestPath];
    private uint _left;
    private int _nameLength;

    /// <param name="index">The whole file.</param>
    public GitIndexEntries(ReadOnlySpan<byte> index)
    {
        _index = index;
        if (index.Length < HeaderSize + GitIndex.HashSize || !index.StartsWith("DIRC"u8))
        {
            return;
        }

        _version = BinaryPrimitives.ReadUInt32BigEndian(index[4..]);
        _left = BinaryPrimitives.ReadUInt32BigEndian(index[8..]);
        IsSound = _version is 2 or 3 or 4;
        End = HeaderSize;
    }

    /// <summary>All that was read so far is as it should be.</summary>
    public bool IsSound { get; private set; }

    /// <summary>Where the current entry begins.</summary>
    public int Start { get; private set; }

    /// <summary>Where it ends; after the last one, where the extensions begin.</summary>
    public int End { get; private set; }

    /// <summary>From the top of the working tree. Valid until the next one.</summary>
    public readonly ReadOnlySpan<byte> Name => _name.AsSpan(0, _nameLength);

    public bool MoveNext()
    {
        if (!IsSound || _left == 0)
        {
            return false;
        }

        _left--;
        Start = End;
        IsSound = TryRead(_index[Start..^GitIndex.HashSize], out int length);
        End = Start + length;
        return IsSound;
    }

    private bool TryRead(ReadOnlySpan<byte> entry, out int length)
    {
        length = 0;
        if (entry.Length < FlagsOffset + 2)
        {
            return false;
        }

        int flags = BinaryPrimitives.ReadUInt16BigEndian(entry[FlagsOffset..]);
        int nameOffset = FlagsOffset + 2 + ((flags & ExtendedFlag) != 0 && _version > 2 ? 2 : 0);
        int kept = 0;
        if (_version == 4 && !TryReadKept(entry, ref nameOffset, out kept))
        {
            return false;
        }

        int name = nameOffset < entry.Length ? entry[nameOffset..].IndexOf((byte)0) : -1;
        if (name < 0 || kept + name > _name.Length)
        {
            return false;
        }

        entry.Slice(nameOffset, name).CopyTo(_name.AsSpan(kept));
        _nameLength = kept + name;
        length = _version == 4 ? nameOffset + name + 1 : (nameOffset + name + Padding) / Padding * Padding;
        return length <= entry.Length && (flags & NameLengthMask) == Math.Min(_nameLength, NameLengthMask);
    }

    /// <summary>How much of the name before is taken over: git says how many bytes of its end are not, in groups of
    /// seven bits, of which the last has no eighth one.</summary>
    private readonly bool TryReadKept(ReadOnlySpan<byte> entry, ref int offset, out int kept)
    {
        kept = 0;
        int dropped = -1;
        byte part;
        do
        {
            if (offset >= entry.Length || dropped > StoredPath.LongestPath)
            {
                return false;
            }

            // As in the offsets of packs: each further byte adds one.
            part = entry[offset++];
            dropped = ((dropped + 1) << 7) | (part & 0x7f);
        }
        while ((part & 0x80) != 0);
        kept = _nameLength - dropped;
        return kept >= 0;
    }
}
