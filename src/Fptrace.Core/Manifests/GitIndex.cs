using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Fptrace.Manifests;

/// <summary>Git's index (gitformat-index(5)) without what git only remembers of the working tree to be faster.</summary>
/// <remarks>
/// <c>git status</c> writes the index anew when files were touched: with their times, and nothing else. Times do not count anywhere, so they do not here: an index counts
/// with its names, modes, flags and object names, and its trees. What cannot be read as an index counts byte by byte.
/// </remarks>
internal static class GitIndex
{
    // Twelve bytes: the signature, the version, the number of entries.
    private const int HeaderSize = 12;

    // Ten words of stat: ctime, mtime, device, inode, mode, user, group, size.
    private const int ModeOffset = 24;
    private const int AfterModeOffset = 28;
    private const int ObjectOffset = 40;

    // SHA-1. Of repositories with SHA-256 the index is taken byte by byte.
    private const int HashSize = 20;
    private const int FlagsOffset = ObjectOffset + HashSize;
    private const int ExtendedFlag = 0x4000;
    private const int NameLengthMask = 0xfff;
    private const int Padding = 8;

    private static ReadOnlySpan<byte> Signature => "DIRC"u8;

    /// <param name="path">Ends with a NUL.</param>
    public static bool IsName(ReadOnlySpan<byte> path) => path.EndsWith("index\0"u8) && (path.Length == "index\0"u8.Length || path[^("index\0"u8.Length + 1)] == (byte)'/');

    /// <summary>The digest of an open file.</summary>
    /// <param name="fd">At its beginning.</param>
    /// <param name="digest">Of what counts of it.</param>
    /// <param name="size">In bytes, as it stands there.</param>
    /// <returns>false when it cannot be read.</returns>
    public static bool TryHash(int fd, out ContentDigest digest, out long size)
    {
        byte[] text = new byte[1 << 16];
        int length = FileHash.Read(fd, text);
        int total = Math.Max(length, 0);
        while (length > 0 && total == text.Length)
        {
            Array.Resize(ref text, 2 * text.Length);
            byte[] more = new byte[text.Length - total];
            length = FileHash.Read(fd, more);
            more.AsSpan(0, Math.Max(length, 0)).CopyTo(text.AsSpan(total));
            total += Math.Max(length, 0);
        }

        size = total;
        Span<byte> result = stackalloc byte[ContentDigest.Length];
        byte[] copy = text[..total];
        SHA256.HashData(Strip(copy) ? copy : text.AsSpan(0, total), result);
        digest = ContentDigest.FromBytes(result);
        return length >= 0;
    }

    /// <summary>Puts zeros in place of what does not count.</summary>
    /// <returns>false: it is no index that is understood.</returns>
    internal static bool Strip(Span<byte> index)
    {
        if (index.Length < HeaderSize + HashSize || !index.StartsWith(Signature))
        {
            return false;
        }

        uint version = BinaryPrimitives.ReadUInt32BigEndian(index[4..]);
        uint count = BinaryPrimitives.ReadUInt32BigEndian(index[8..]);
        Span<byte> rest = index[HeaderSize..^HashSize];
        for (uint i = 0; i < count && version is 2 or 3 or 4; i++)
        {
            if (!TryStripEntry(rest, version, out int length))
            {
                return false;
            }

            rest = rest[length..];
        }

        return version is 2 or 3 or 4 && StripExtensions(rest) && Clear(index[^HashSize..]);
    }

    private static bool TryStripEntry(Span<byte> entry, uint version, out int length)
    {
        length = 0;
        if (entry.Length < FlagsOffset + 2)
        {
            return false;
        }

        int flags = BinaryPrimitives.ReadUInt16BigEndian(entry[FlagsOffset..]);
        int nameOffset = FlagsOffset + 2 + ((flags & ExtendedFlag) != 0 && version > 2 ? 2 : 0);
        if (entry.Length <= nameOffset)
        {
            return false;
        }

        Clear(entry[..ModeOffset]);
        Clear(entry[AfterModeOffset..ObjectOffset]);
        if (version == 4)
        {
            // How much of the name before is taken over: bytes of seven bits, of which the last has no eighth one.
            while (nameOffset < entry.Length && (entry[nameOffset] & 0x80) != 0)
            {
                nameOffset++;
            }

            nameOffset = Math.Min(nameOffset + 1, entry.Length);
        }

        int name = entry[nameOffset..].IndexOf((byte)0);
        length = version == 4 ? nameOffset + name + 1 : (nameOffset + name + Padding) / Padding * Padding;
        return name >= 0 && length <= entry.Length && (version == 4 || (flags & NameLengthMask) == Math.Min(name, NameLengthMask));
    }

    /// <summary>Of the working tree, too, are the cache of untracked files and the state of a monitor.</summary>
    private static bool StripExtensions(Span<byte> rest)
    {
        while (rest.Length >= 8)
        {
            uint size = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
            if (size > rest.Length - 8)
            {
                return false;
            }

            if (rest.StartsWith("UNTR"u8) || rest.StartsWith("FSMN"u8))
            {
                Clear(rest.Slice(8, (int)size));
            }

            rest = rest[(8 + (int)size)..];
        }

        return rest.IsEmpty;
    }

    private static bool Clear(Span<byte> bytes)
    {
        bytes.Clear();
        return true;
    }
}
