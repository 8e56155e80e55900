using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Proc;
using LibC = Tmds.Linux.LibC;

namespace Fptrace.Linux.Descriptors;

/// <summary>Terminals that we have open.</summary>
internal static unsafe class Terminals
{
    private const long UTIME_OMIT = (1L << 30) - 2;

    private const long LongAgo = 64;

    public static bool IsOne(int fd) => LibC.isatty(fd) == 1;

    /// <summary>How wide it is; null where it does not tell.</summary>
    public static int? Columns(int fd)
    {
        ushort* size = stackalloc ushort[4];
        return libc.ioctl(fd, ioctl.TIOCGWINSZ, size) == 0 ? size[1] : null;
    }

    /// <summary>Opens the same terminal once more, as it is open: what is written through the one can then be told from
    /// what is written through the other.</summary>
    /// <returns>The descriptor, or −errno.</returns>
    public static int OpenAnew(int fd)
    {
        int mode = DescriptorFlags.OfFile(fd) & (fcntl.O_ACCMODE | fcntl.O_APPEND | fcntl.O_NONBLOCK);
        return Files.Open(fcntl.AT_FDCWD, ProcPath.OfOwnDescriptor(fd), mode | fcntl.O_NOCTTY);
    }

    /// <summary>The device of a descriptor of a process; 0 where that is no device.</summary>
    public static ulong DeviceOf(ReadOnlySpan<byte> path, int fd = fcntl.AT_FDCWD)
    {
        int result = Files.Stat(fd, path, path[0] == 0 ? fcntl.AT_EMPTY_PATH : 0, out statx found);
        return result < 0 || (found.stx_mode & stat.S_IFMT) != stat.S_IFCHR
            ? 0
            : ((ulong)found.stx_rdev_major << 32) | (uint)found.stx_rdev_minor;
    }

    /// <summary>/dev/tty, which stands for the terminal of whoever opens it.</summary>
    public const ulong Controlling = 5UL << 32;

    /// <summary>Whether what is typed there is for our own job.</summary>
    public static bool IsForeground(int fd)
    {
        int group;
        return libc.ioctl(fd, ioctl.TIOCGPGRP, &group) == 0 && group == LibC.getpgid(0);
    }

    /// <summary>When somebody last read what was typed: seconds since 1970, at steps of eight (tty_update_time of the
    /// kernel).</summary>
    public static long LastRead(int fd) =>
        Files.Stat(fd, "\0"u8, fcntl.AT_EMPTY_PATH, out statx found) < 0 ? 0 : found.stx_atime.tv_sec;

    /// <summary>From now on <see cref="LastRead"/> tells every read, for the last one seems to be long ago.</summary>
    /// <returns>Whether that is possible: the terminal must be this user's.</returns>
    public static bool BeginWatch(int fd, long lastRead) => SetLastRead(fd, lastRead - LongAgo);

    /// <summary>Puts the time back, unless somebody else watches, too, and has set it back further.</summary>
    /// <returns>Whether anything was read since.</returns>
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
