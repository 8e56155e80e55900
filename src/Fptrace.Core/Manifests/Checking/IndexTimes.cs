using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Checking;

/// <summary>What git's index remembers of files, where that is not what stands there: of these git says that they may
/// be changed.</summary>
/// <remarks>
/// <para>
/// Compared as git does (match_stat_data in read-cache.c): ctime, mtime, inode, owner, size, and of the mode what it
/// keeps. A file that is no older than the index (gitformat-index(5), "racy") is one of these, too: git reads it. Of an
/// entry that fits its file nothing is remembered but that it fits, so that it does not matter when either was written.
/// Of the others it counts which, with all that the index says of them. </para>
/// <para>
/// Where the entries cannot be had (a split index), or it is not known where the files stand, the index counts with all
/// its bytes instead. </para>
/// </remarks>
internal static class IndexTimes
{
    private const uint Executable = 0x40; // 0100
    private const uint TypeBits = 0xf000; // S_IFMT
    private const uint Submodule = 0xe000;
    private const uint Link = 0xa000; // S_IFLNK
    private const uint Regular = 0x8000; // S_IFREG
    private const int DigestLength = 16;

    /// <param name="index">Absolute.</param>
    /// <param name="found">Called for each name with the absolute path of its file; null: not asked for.</param>
    /// <param name="passed">Called with the absolute path of each file in the index, until it answers true; null: not
    /// asked for.</param>
    /// <returns>A name for each entry that counts, sorted; null when there is no such file.</returns>
    public static List<ByteString>? Names(ByteString index, Action<ByteString, ByteString>? found = null,
        Func<ByteString, bool>? passed = null)
    {
        byte[] path = [.. index.Span, 0];
        int fd = libc.openat(fcntl.AT_FDCWD, in MemoryMarshal.GetReference(path),
            fcntl.O_RDONLY | fcntl.O_NONBLOCK | fcntl.O_CLOEXEC, 0);
        if (fd < 0)
        {
            return null;
        }

        try
        {
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
        finally
        {
            _ = libc.close(fd);
        }
    }

    /// <summary>One digest of all names but the step's own.</summary>
    /// <param name="names">null: of an index that cannot be read.</param>
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

    /// <summary>An index that is understood and holds all its entries itself.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> text)
    {
        var entries = new GitIndexEntries(text);
        while (entries.MoveNext())
        {
        }

        // Of a split index most entries stand in another file.
        return entries.IsSound && GitIndex.Extension(text[entries.End..^GitIndex.HashSize], "link"u8).IsEmpty;
    }

    private static FileLook Look(PathCursor cursor, ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> name = cursor.Go(path);
        return cursor.Error == 0 ? FileLook.At(cursor.At, name, FinalLink.Keep) : FileLook.Failed(cursor.Error);
    }

    private static bool Fits(ReadOnlySpan<byte> stat, in FileLook look, long indexModifiedNs, out bool isRacy)
    {
        // ctime, mtime, device, inode, mode, owner, group, size: whole numbers of 32 bits, each cut to its length. Git
        // does not compare the device.
        isRacy = false;
        uint mode = Word(stat, 6);
        if ((mode & TypeBits) == Submodule)
        {
            // Nothing is kept of it: its own HEAD counts.
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

        // Most builds of git compare seconds here.
        isRacy = indexModifiedNs / FileLook.NanosecondsOfSecond <= look.Times.ModifiedNs / FileLook.NanosecondsOfSecond;
        return !isRacy;
    }

    private static uint Word(ReadOnlySpan<byte> stat, int number) =>
        BinaryPrimitives.ReadUInt32BigEndian(stat[(number * sizeof(uint))..]);

    // Some programs other than git keep whole seconds.
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
