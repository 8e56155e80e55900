using System.Buffers.Binary;
using System.Security.Cryptography;
using Fptrace.Model;

namespace Fptrace.Manifests.Checking;

/// <summary>Git's index (gitformat-index(5)), without what it caches of the working tree.</summary>
/// <remarks>
/// <c>git status</c> writes the index anew when files were touched, and only their times differ. So names, modes,
/// flags, object names and trees of an index count, and the cached times do not. Whether the entries still match their
/// files is an observation of its own (<see cref="IndexTimes"/>). A file that is no well-formed index counts with all
/// its bytes.
/// </remarks>
internal static class GitIndex
{
    /// <summary>The size of SHA-1. An index with SHA-256 is not parsed and counts with all its bytes.</summary>
    public const int HashSize = 20;

    /// <summary>The offset of the mode in an entry, after ctime, mtime, device and inode.</summary>
    public const int ModeOffset = 24;

    /// <summary>The offset of the object name in an entry, after mode, user, group and size.</summary>
    public const int ObjectOffset = 40;

    private const int AfterModeOffset = 28;

    // A signature of four letters, and the size of the data after it.
    private const int ExtensionHeaderSize = 8;

    /// <param name="path">Ends with a NUL.</param>
    public static bool IsName(ReadOnlySpan<byte> path) => path.EndsWith("index\0"u8)
        && (path.Length == "index\0"u8.Length || path[^("index\0"u8.Length + 1)] == (byte)'/');

    /// <summary>The digest of an open index file.</summary>
    /// <param name="fd">The file, at offset 0.</param>
    /// <param name="digest">The digest of what counts.</param>
    /// <param name="size">The size of the file.</param>
    /// <returns>False when the file cannot be read.</returns>
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

    /// <summary>Reads an open file to its end.</summary>
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

    /// <summary>Replaces what does not count by zeros.</summary>
    /// <returns>False if this is no index that we can parse.</returns>
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

    /// <summary>The extension of this name and all that follows it; empty if there is none.</summary>
    /// <param name="extensions">All extensions.</param>
    /// <param name="name">The signature: four letters.</param>
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

    /// <summary>
    /// Clears the untracked cache and the state of a file system monitor, which describe the working tree.
    /// </summary>
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
