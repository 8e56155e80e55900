using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Tmds.Linux;

namespace Fptrace.Linux.FileSystem;

/// <summary>Terminals that we have open.</summary>
internal static unsafe class Terminals
{
    private static readonly nint SYS_utimensat = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 280 : 88;
    private const long UTIME_OMIT = (1L << 30) - 2;

    private const int S_IFMT = 0xf000;
    private const int S_IFCHR = 0x2000;
    private const long LongAgo = 64;

    public static bool IsOne(int fd) => libc.isatty(fd) == 1;

    /// <summary>How wide it is; null where it does not tell.</summary>
    public static int? Columns(int fd)
    {
        ushort* size = stackalloc ushort[4];
        return libc.ioctl(fd, ioctl.TIOCGWINSZ, size) == 0 ? size[1] : null;
    }

    /// <summary>Opens the same terminal once more, as it is open: what is written through the one can then be told from what is written through the other.</summary>
    /// <returns>The descriptor, or −errno.</returns>
    public static int OpenAnew(int fd)
    {
        int mode = libc.fcntl(fd, fcntl.F_GETFL, 0) & (fcntl.O_ACCMODE | fcntl.O_APPEND | fcntl.O_NONBLOCK);
        return Files.Open(fcntl.AT_FDCWD, ProcPath.OfOwnDescriptor(fd), mode | fcntl.O_NOCTTY);
    }

    /// <summary>The device of a descriptor of a process; 0 where that is no device.</summary>
    public static ulong DeviceOf(ReadOnlySpan<byte> path, int fd = fcntl.AT_FDCWD)
    {
        int result = Files.Stat(fd, path, path[0] == 0 ? fcntl.AT_EMPTY_PATH : 0, out statx found);
        return result < 0 || (found.stx_mode & S_IFMT) != S_IFCHR
            ? 0
            : ((ulong)found.stx_rdev_major << 32) | (uint)found.stx_rdev_minor;
    }

    /// <summary>/dev/tty, which stands for the terminal of whoever opens it.</summary>
    public const ulong Controlling = 5UL << 32;

    /// <summary>Whether what is typed there is for our own job.</summary>
    public static bool IsForeground(int fd)
    {
        int group;
        return libc.ioctl(fd, ioctl.TIOCGPGRP, &group) == 0 && group == libc.getpgid(0);
    }

    /// <summary>When somebody last read what was typed: seconds since 1970, at steps of eight (tty_update_time of the kernel).</summary>
    public static long LastRead(int fd) =>
        Files.Stat(fd, "\0"u8, fcntl.AT_EMPTY_PATH, out statx found) < 0 ? 0 : (long)found.stx_atime.tv_sec;

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
        long* times = stackalloc long[] { seconds, 0, 0, UTIME_OMIT };
        return libc.syscall(SYS_utimensat, fd, 0, (nint)times, 0, 0) == 0;
    }
}
