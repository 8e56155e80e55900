using System.Buffers.Binary;
using System.Security.Cryptography;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Checking;

/// <summary>
/// The entries of git's index that do not match their files. Git takes such a file for possibly changed.
/// </summary>
/// <remarks>
/// <para>
/// The comparison is that of git (match_stat_data in read-cache.c): ctime, mtime, inode, owner, size, and the part of
/// the mode that git keeps. A file that is not older than the index counts as a mismatch too, because git reads its
/// content ("racy", gitformat-index(5)). Of an entry that matches, only this fact counts, so it does not matter when
/// the index or the file was written. Of an entry that does not match, all that the index says of it counts.
/// </para>
/// <para>
/// If the entries are not available (a split index), or nobody knows where the files are, all bytes of the index count.
/// </para>
/// </remarks>
internal static class IndexTimes
{
    private const uint Executable = 0x40; // 0100
    private const uint TypeBits = 0xf000; // S_IFMT
    private const uint Submodule = 0xe000;
    private const uint Link = 0xa000; // S_IFLNK
    private const uint Regular = 0x8000; // S_IFREG
    private const int DigestLength = 16;

    /// <param name="index">The absolute path of the index.</param>
    /// <param name="found">Called with each name and the absolute path of its file; may be null.</param>
    /// <param name="passed">Called with the absolute path of each file in the index, until it returns true; may be
    /// null.</param>
    /// <returns>A name for each entry that counts, sorted; null when there is no such index.</returns>
    public static List<ByteString>? Names(ByteString index, Action<ByteString, ByteString>? found = null,
        Func<ByteString, bool>? passed = null)
    {
        int fd = FilesAt.OpenRead(fcntl.AT_FDCWD, [.. index.Span, 0], FinalLink.Follow);
        if (fd < 0)
        {
            return null;
        }

        using var closing = new ClosedAtEnd(fd);
        FileLook look = FileLook.Of(fd);
        if (look.Type != FileType.Regular || !GitIndex.TryRead(fd, out byte[] text))
        {
            return null;
        }

        var names = new List<ByteString>();
        if (!IsWhole(text) || GitWorkTree.Of(index) is not { } top)
        {
            names.Add(Name(SHA256.HashData(text)));
            _ = passed?.Invoke(default);
            return names;
        }

        using var cursor = new PathCursor(top);
        var entries = new GitIndexEntries(text);
        while (entries.MoveNext())
        {
            Func<ByteString, bool>? ask = passed;
            passed = ask is not null && ask(StoredPath.Expand(new ByteString(entries.Name), top)) ? null : ask;
            ReadOnlySpan<byte> stat = text.AsSpan(entries.Start, GitIndex.ObjectOffset);
            if (StoredPath.IsValid(entries.Name)
                && !Fits(stat, Look(cursor, entries.Name), look.Times.ModifiedNs, out bool isRacy))
            {
                ByteString name = Name(entries.Name, isRacy ? [] : stat);
                names.Add(name);
                found?.Invoke(name, StoredPath.Expand(new ByteString(entries.Name), top));
            }
        }

        names.Sort();
        return names;
    }

    /// <summary>One digest of all names except the step's own.</summary>
    /// <param name="names">The names; null if the index cannot be read.</param>
    /// <param name="own">Names that do not count.</param>
    public static ContentDigest Digest(List<ByteString>? names, IReadOnlyList<ByteString> own)
    {
        if (names is null)
        {
            return default;
        }

        var left = own.Count > 0 ? new HashSet<ByteString>(own) : null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ByteString name in names)
        {
            if (left?.Contains(name) != true)
            {
                hash.AppendData(name.Span);
            }
        }

        Span<byte> result = stackalloc byte[ContentDigest.Length];
        hash.GetHashAndReset(result);
        return ContentDigest.FromBytes(result);
    }

    /// <summary>Whether the index is well-formed and holds all its entries itself.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> text)
    {
        var entries = new GitIndexEntries(text);
        while (entries.MoveNext())
        {
        }

        // In a split index, the "link" extension names another file that holds most entries.
        return entries.IsSound && GitIndex.Extension(text[entries.End..^GitIndex.HashSize], "link"u8).IsEmpty;
    }

    private static FileLook Look(PathCursor cursor, ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> name = cursor.Go(path);
        return cursor.Error == 0 ? FileLook.At(cursor.At, name, FinalLink.Keep) : FileLook.Failed(cursor.Error);
    }

    private static bool Fits(ReadOnlySpan<byte> stat, in FileLook look, long indexModifiedNs, out bool isRacy)
    {
        // An entry holds ctime, mtime, device, inode, mode, owner, group and size as words of 32 bits, each truncated.
        // Git does not compare the device.
        isRacy = false;
        uint mode = Word(stat, 6);
        if ((mode & TypeBits) == Submodule)
        {
            // Git compares a submodule by its HEAD, and not by what the index caches.
            return true;
        }

        if (!look.Exists
            || !IsTime(stat, look.Times.ChangedNs)
            || !IsTime(stat[8..], look.Times.ModifiedNs)
            || Word(stat, 5) != (uint)look.Times.Inode
            || Word(stat, 7) != look.User
            || Word(stat, 8) != look.Group
            || Word(stat, 9) != (uint)look.Size
            || (mode & TypeBits) != (look.Type switch { FileType.Regular => Regular, FileType.Symlink => Link, _ => 0 })
            || (look.Type == FileType.Regular && (mode & Executable) != (look.Mode & Executable)))
        {
            return false;
        }

        // Git compares whole seconds here, unless it was built with USE_NSEC.
        isRacy = indexModifiedNs / FileLook.NanosecondsOfSecond <= look.Times.ModifiedNs / FileLook.NanosecondsOfSecond;
        return !isRacy;
    }

    private static uint Word(ReadOnlySpan<byte> stat, int number) =>
        BinaryPrimitives.ReadUInt32BigEndian(stat[(number * sizeof(uint))..]);

    // Some programs other than git write times without nanoseconds.
    private static bool IsTime(ReadOnlySpan<byte> time, long nanoseconds)
    {
        (long seconds, long rest) = Math.DivRem(nanoseconds, FileLook.NanosecondsOfSecond);
        return Word(time, 0) == (uint)(rest < 0 ? seconds - 1 : seconds)
            && (Word(time, 1) == 0 || Word(time, 1) == (uint)(rest < 0 ? rest + FileLook.NanosecondsOfSecond : rest));
    }

    private static ByteString Name(ReadOnlySpan<byte> path, ReadOnlySpan<byte> stat)
    {
        Span<byte> whole = stackalloc byte[path.Length + 1 + stat.Length];
        path.CopyTo(whole);
        whole[path.Length] = 0;
        stat.CopyTo(whole[(path.Length + 1)..]);
        return Name(SHA256.HashData(whole));
    }

    private static ByteString Name(ReadOnlySpan<byte> digest)
    {
        Span<byte> text = stackalloc byte[2 * DigestLength];
        _ = Convert.TryToHexStringLower(digest[..DigestLength], text, out _);
        return new ByteString(text);
    }
}
