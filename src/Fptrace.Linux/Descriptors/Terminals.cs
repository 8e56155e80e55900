using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Proc;
using LibC = Tmds.Linux.LibC;

namespace Fptrace.Linux.Descriptors;

/// <summary>Calls on terminals that we have open.</summary>
internal static unsafe class Terminals
{
    private const long UTIME_OMIT = (1L << 30) - 2;

    private const long LongAgo = 64;

    public static bool IsOne(int fd) => LibC.isatty(fd) == 1;

    /// <summary>The width of a terminal in columns; null if it is unknown.</summary>
    public static int? Columns(int fd)
    {
        ushort* size = stackalloc ushort[4];
        return libc.ioctl(fd, ioctl.TIOCGWINSZ, size) == 0 ? size[1] : null;
    }

    /// <summary>Opens the terminal of a descriptor once more, with the same flags.</summary>
    /// <remarks>Writes through one open file description can then be told from those through the other.</remarks>
    /// <returns>The descriptor, or −errno.</returns>
    public static int OpenAnew(int fd)
    {
        int mode = DescriptorFlags.OfFile(fd) & (fcntl.O_ACCMODE | fcntl.O_APPEND | fcntl.O_NONBLOCK);
        return Files.Open(fcntl.AT_FDCWD, ProcPath.OfOwnDescriptor(fd), mode | fcntl.O_NOCTTY);
    }

    /// <summary>The device number of a terminal, by a path or a descriptor; 0 if it is no character device.</summary>
    public static ulong DeviceOf(ReadOnlySpan<byte> path, int fd = fcntl.AT_FDCWD)
    {
        int result = Files.Stat(fd, path, path[0] == 0 ? fcntl.AT_EMPTY_PATH : 0, out statx found);
        return result < 0 || (found.stx_mode & stat.S_IFMT) != stat.S_IFCHR
            ? 0
            : ((ulong)found.stx_rdev_major << 32) | (uint)found.stx_rdev_minor;
    }

    /// <summary>The device number of /dev/tty, which stands for the controlling terminal of whoever opens it.</summary>
    public const ulong Controlling = 5UL << 32;

    /// <summary>Whether our process group is the foreground job, which receives what is typed.</summary>
    public static bool IsForeground(int fd)
    {
        int group;
        return libc.ioctl(fd, ioctl.TIOCGPGRP, &group) == 0 && group == LibC.getpgid(0);
    }

    /// <summary>
    /// When somebody last read from a terminal: seconds since 1970, in steps of eight (tty_update_time in the kernel).
    /// </summary>
    public static long LastRead(int fd) =>
        Files.Stat(fd, "\0"u8, fcntl.AT_EMPTY_PATH, out statx found) < 0 ? 0 : found.stx_atime.tv_sec;

    /// <summary>Sets the time of the last read back, so that <see cref="LastRead"/> shows each later read.</summary>
    /// <remarks>Otherwise a read within the same eight seconds would not change the time.</remarks>
    /// <returns>Whether that was possible. It is not if the terminal belongs to another user.</returns>
    public static bool BeginWatch(int fd, long lastRead) => SetLastRead(fd, lastRead - LongAgo);

    /// <summary>Restores the time of the last read, unless it has changed since <see cref="BeginWatch"/>.</summary>
    /// <returns>Whether anything was read since <see cref="BeginWatch"/>.</returns>
    public static bool EndWatch(int fd, long lastRead)
    {
        long now = LastRead(fd);
        if (now == lastRead - LongAgo)
        {
            SetLastRead(fd, lastRead);
        }

        return now > lastRead - LongAgo;
    }

    private static bool SetLastRead(int fd, long seconds)
    {
        timespec* times = stackalloc timespec[] { new() { tv_sec = seconds }, new() { tv_nsec = UTIME_OMIT } };
        return libc.futimens(fd, times) == 0;
    }
}
