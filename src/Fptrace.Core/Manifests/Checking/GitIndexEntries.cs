using System.Buffers.Binary;
using Fptrace.Steps;

namespace Fptrace.Manifests.Checking;

/// <summary>Enumerates the entries of git's index, versions 2, 3 and 4 with SHA-1 (gitformat-index(5)).</summary>
/// <remarks>
/// It cannot parse an index with SHA-256: the offsets differ, and nothing in the file says which hash it uses.
/// </remarks>
internal ref struct GitIndexEntries
{
    // The signature, the version and the number of entries: four bytes each.
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

    /// <param name="index">The content of the whole file.</param>
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

    /// <summary>Whether everything read so far is well-formed.</summary>
    public bool IsSound { get; private set; }

    /// <summary>The offset of the current entry.</summary>
    public int Start { get; private set; }

    /// <summary>The end of the current entry. After the last one, the extensions begin there.</summary>
    public int End { get; private set; }

    /// <summary>The path from the top of the working tree. Valid until the next entry.</summary>
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

    /// <summary>How many bytes of the previous name this name begins with (version 4).</summary>
    /// <remarks>
    /// The entry says how many bytes at the end of the previous name are dropped, in groups of seven bits. The eighth
    /// bit means that another group follows.
    /// </remarks>
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

            // The encoding of offsets in packs (gitformat-pack(5)): each further group adds one.
            part = entry[offset++];
            dropped = ((dropped + 1) << 7) | (part & 0x7f);
        }
        while ((part & 0x80) != 0);
        kept = _nameLength - dropped;
        return kept >= 0;
    }
}
