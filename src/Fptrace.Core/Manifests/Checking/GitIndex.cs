using System.Buffers.Binary;
using System.Security.Cryptography;
using Fptrace.Model;

namespace Fptrace.Manifests.Checking;

/// <summary>Git's index (gitformat-index(5)) without what git only remembers of the working tree to be
/// faster.</summary>
/// <remarks>
/// <c>git status</c> writes the index anew when files were touched: with their times, and nothing else. So an index
/// counts with its names, modes, flags and object names, and its trees; whether what it remembers of files still fits
/// them is an observation of its own (<see cref="IndexTimes"/>). What cannot be read as an index counts byte by byte.
/// </remarks>
internal static class GitIndex
{
    /// <summary>SHA-1. Of repositories with SHA-256 the index is taken byte by byte.</summary>
    public const int HashSize = 20;

    /// <summary>Bytes before an entry's mode: ctime, mtime, device, inode.</summary>
    public const int ModeOffset = 24;

    /// <summary>Bytes before what its object is called; between: mode, user, group, size.</summary>
    public const int ObjectOffset = 40;

    private const int AfterModeOffset = 28;

    // A name of four letters, and the size of what follows.
    private const int ExtensionHeaderSize = 8;

    /// <param name="path">Ends with a NUL.</param>
    public static bool IsName(ReadOnlySpan<byte> path) => path.EndsWith("index\0"u8)
        && (path.Length == "index\0"u8.Length || path[^("index\0"u8.Length + 1)] == (byte)'/');

    /// <summary>The digest of an open file.</summary>
    /// <param name="fd">At its beginning.</param>
    /// <param name="digest">Of what counts of it.</param>
    /// <param name="size">In bytes, as it stands there.</param>
    /// <returns>false when it cannot be read.</returns>
    public static bool TryHash(int fd, out ContentDigest digest, out long size)
    {
        bool isRead = TryRead(fd, out byte[] text);
        size = text.Length;
        byte[] copy = [.. text];
        Span<byte> result = stackalloc byte[ContentDigest.Length];
        SHA256.HashData(Strip(copy) ? copy : text, result);
        digest = ContentDigest.FromBytes(result);
        return isRead;
    }

    /// <summary>All of an open file.</summary>
    public static bool TryRead(int fd, out byte[] content)
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

        content = text[..total];
        return length >= 0;
    }

    /// <summary>Puts zeros in place of what does not count.</summary>
    /// <returns>false: it is no index that is understood.</returns>
    internal static bool Strip(Span<byte> index)
    {
        var entries = new GitIndexEntries(index);
        while (entries.MoveNext())
        {
            Clear(index.Slice(entries.Start, ModeOffset));
            Clear(index[(entries.Start + AfterModeOffset)..(entries.Start + ObjectOffset)]);
        }

        return entries.IsSound && StripExtensions(index[entries.End..^HashSize]) && Clear(index[^HashSize..]);
    }

    /// <summary>What an extension of this name holds, with its header; empty where there is none.</summary>
    /// <param name="extensions">All of them.</param>
    /// <param name="name">Four letters.</param>
    public static ReadOnlySpan<byte> Extension(ReadOnlySpan<byte> extensions, ReadOnlySpan<byte> name)
    {
        while (extensions.Length >= ExtensionHeaderSize)
        {
            uint size = BinaryPrimitives.ReadUInt32BigEndian(extensions[name.Length..]);
            if (size > extensions.Length - ExtensionHeaderSize || extensions.StartsWith(name))
            {
                return extensions;
            }

            extensions = extensions[(ExtensionHeaderSize + (int)size)..];
        }

        return [];
    }

    /// <summary>Of the working tree, too, are the cache of untracked files and the state of a monitor.</summary>
    private static bool StripExtensions(Span<byte> rest)
    {
        while (rest.Length >= ExtensionHeaderSize)
        {
            uint size = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
            if (size > rest.Length - ExtensionHeaderSize)
            {
                return false;
            }

            if (rest.StartsWith("UNTR"u8) || rest.StartsWith("FSMN"u8))
            {
                Clear(rest.Slice(ExtensionHeaderSize, (int)size));
            }

            rest = rest[(ExtensionHeaderSize + (int)size)..];
        }

        return rest.IsEmpty;
    }

    private static bool Clear(Span<byte> bytes)
    {
        bytes.Clear();
        return true;
    }
}
