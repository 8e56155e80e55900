using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;

namespace Fptrace.Posix;

/// <summary>What statx(2) says of a path at one moment, without reading its content.</summary>
internal readonly struct FileLook
{
    public const long NanosecondsOfSecond = 1_000_000_000;

    // The kernel takes file times from a clock that ticks at least every 10 ms (CONFIG_HZ=100); FAT counts steps of two
    // seconds.
    private const long SlackNs = 50_000_000;
    private const long SectorSize = 512;
    private const long CoarseSlackNs = 2 * NanosecondsOfSecond;

    private FileLook(int error, in statx found)
    {
        Error = error;
        if (error == 0)
        {
            Type = FileStamp.TypeOf(found.stx_mode);
            Mode = found.stx_mode & 0xfffu;
            Size = (long)found.stx_size;
            Times = new FileTimes(
                FilesAt.Nanoseconds(found.stx_mtime),
                FilesAt.Nanoseconds(found.stx_ctime),
                found.stx_ino);
            Device = ((ulong)found.stx_dev_major << 32) | found.stx_dev_minor;
            Links = found.stx_nlink;
            IsSparse = (long)found.stx_blocks < Size / SectorSize;
            User = found.stx_uid;
            Group = found.stx_gid;
        }
    }

    /// <summary>0, or an errno value.</summary>
    public int Error { get; }

    public FileType Type { get; }

    public uint Mode { get; }

    public long Size { get; }

    public FileTimes Times { get; }

    public ulong Device { get; }

    /// <summary>The number of names (hard links) that the file has.</summary>
    public uint Links { get; }

    /// <summary>The file has holes, or its file system compresses it.</summary>
    public bool IsSparse { get; }

    /// <summary>The user who owns the file.</summary>
    public uint User { get; }

    public uint Group { get; }

    public bool Exists => Error == 0;

    /// <summary>Whether the error means that nothing exists there, as far as this user can tell.</summary>
    public bool IsAbsent => SaysAbsent(Error);

    /// <summary>Whether an errno value means that nothing exists at a path.</summary>
    public static bool SaysAbsent(int error) =>
        error is errno.ENOENT or errno.ENOTDIR or errno.EACCES or errno.ELOOP or errno.ENAMETOOLONG;

    /// <param name="directory">The descriptor that the path is relative to, or AT_FDCWD.</param>
    /// <param name="path">Ends with a NUL.</param>
    /// <param name="follow">Whether a final link is followed.</param>
    public static FileLook At(int directory, ReadOnlySpan<byte> path, FinalLink follow)
    {
        int result = FilesAt.Stat(directory, path, follow == FinalLink.Follow ? 0 : fcntl.AT_SYMLINK_NOFOLLOW,
            out statx found);
        return new FileLook(-result, found);
    }

    /// <summary>The look that fails with this error, because the directory cannot be reached.</summary>
    public static FileLook Failed(int error) => new(error, default);

    /// <summary>Looks at an open file.</summary>
    public static FileLook Of(int fd)
    {
        int result = FilesAt.Stat(fd, "\0"u8, fcntl.AT_EMPTY_PATH, out statx found);
        return new FileLook(-result, found);
    }

    /// <summary>
    /// The stamp of a path, links followed, as the tracer takes it; <c>default</c> when nothing exists.
    /// </summary>
    public static FileStamp StampOf(ReadOnlySpan<byte> path)
    {
        FileLook look = At(fcntl.AT_FDCWD, [.. path, 0], FinalLink.Follow);
        return look.Exists ? look.Stamp : default;
    }

    /// <summary>The stamp, as the tracer takes it.</summary>
    public FileStamp Stamp => new(Type, Mode, Size, Times.ModifiedNs, Times.Inode, Device, Times.ChangedNs, Links);

    /// <summary>The current time, in nanoseconds since 1970.</summary>
    public static long Now() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;

    /// <summary>The times; empty if a change right after <paramref name="now"/> could leave them as they are.</summary>
    public FileTimes TimesAt(long now)
    {
        return Times.ChangedNs >= now - (IsCoarse ? CoarseSlackNs : SlackNs) ? default : Times;
    }

    /// <summary>Whether the file system seems to keep whole seconds only.</summary>
    public bool IsCoarse => AreCoarse(Times);

    /// <summary>Whether both times are whole seconds.</summary>
    public static bool AreCoarse(in FileTimes times) =>
        times.ChangedNs % NanosecondsOfSecond == 0 && times.ModifiedNs % NanosecondsOfSecond == 0;
}
