using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Posix;

/// <summary>One look at a path without its content.</summary>
internal readonly struct FileLook
{
    public const long NanosecondsOfSecond = 1_000_000_000;

    // A kernel's clock ticks every 10 ms at the slowest; file systems with whole seconds count even ones at worst
    // (FAT).
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
                (found.stx_mtime.tv_sec * NanosecondsOfSecond) + found.stx_mtime.tv_nsec,
                (found.stx_ctime.tv_sec * NanosecondsOfSecond) + found.stx_ctime.tv_nsec,
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

    /// <summary>Names that the file has.</summary>
    public uint Links { get; }

    /// <summary>It has holes, or its file system compresses it.</summary>
    public bool IsSparse { get; }

    /// <summary>Who owns it.</summary>
    public uint User { get; }

    public uint Group { get; }

    public bool Exists => Error == 0;

    /// <summary>Whether the failure says that nothing is there, as far as this user can tell.</summary>
    public bool IsAbsent => SaysAbsent(Error);

    /// <summary>The same of an errno value.</summary>
    public static bool SaysAbsent(int error) =>
        error is errno.ENOENT or errno.ENOTDIR or errno.EACCES or errno.ELOOP or errno.ENAMETOOLONG;

    /// <param name="directory">Descriptor that the path is relative to, or AT_FDCWD.</param>
    /// <param name="path">Ends with a NUL.</param>
    /// <param name="follow">Whether a link at the end is followed.</param>
    public static FileLook At(int directory, ReadOnlySpan<byte> path, FinalLink follow)
    {
        int result = FilesAt.Stat(directory, path, follow == FinalLink.Follow ? 0 : fcntl.AT_SYMLINK_NOFOLLOW,
            out statx found);
        return new FileLook(-result, found);
    }

    /// <summary>The directory cannot be reached.</summary>
    public static FileLook Failed(int error) => new(error, default);

    /// <summary>Of an open file.</summary>
    public static FileLook Of(int fd)
    {
        int result = FilesAt.Stat(fd, "\0"u8, fcntl.AT_EMPTY_PATH, out statx found);
        return new FileLook(-result, found);
    }

    /// <summary>As the tracer takes it of the paths that it sees, links followed; default when nothing is
    /// there.</summary>
    public static FileStamp StampOf(ReadOnlySpan<byte> path)
    {
        FileLook look = At(fcntl.AT_FDCWD, [.. path, 0], FinalLink.Follow);
        return look.Exists ? look.Stamp : default;
    }

    /// <summary>As the tracer takes it.</summary>
    public FileStamp Stamp => new(Type, Mode, Size, Times.ModifiedNs, Times.Inode, Device);

    /// <summary>Nanoseconds since 1970.</summary>
    public static long Now() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;

    /// <summary>The times, unless a change right after <paramref name="now"/> could leave them as they are: then
    /// empty.</summary>
    public FileTimes TimesAt(long now)
    {
        return Times.ChangedNs >= now - (IsCoarse ? CoarseSlackNs : SlackNs) ? default : Times;
    }

    /// <summary>The file system seems to keep whole seconds.</summary>
    public bool IsCoarse => AreCoarse(Times);

    /// <summary>The times are of whole seconds.</summary>
    public static bool AreCoarse(in FileTimes times) =>
        times.ChangedNs % NanosecondsOfSecond == 0 && times.ModifiedNs % NanosecondsOfSecond == 0;
}
