using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Proc;
using Tmds.Linux;
using static Fptrace.Linux.Headers.asm;

namespace Fptrace.Linux.Descriptors;

/// <summary>Descriptors of other processes. kcmp(2): whether two are the same open file description, or two threads
/// have the same ones.</summary>
internal static class Descriptions
{
    private const int SYS_pidfd_getfd = 438;

    /// <summary>Whether there is a kcmp. It is an option of the kernel, and Docker denies it.</summary>
    public static bool AreTold =>
        libc.syscall(SYS_kcmp, Environment.ProcessId, Environment.ProcessId, libc.KCMP_FILES, 0, 0) == 0;

    /// <returns>null when the kernel has no kcmp or denies it.</returns>
    public static bool? Same(int pid, int fd, int ourFd) => Same(pid, fd, Environment.ProcessId, ourFd);

    /// <summary>The same for descriptors of any two processes.</summary>
    public static bool? Same(int pid, int fd, int otherPid, int otherFd)
    {
        nint order = libc.syscall(SYS_kcmp, otherPid, pid, libc.KCMP_FILE, otherFd, fd);
        return order < 0 ? null : order == 0;
    }

    /// <summary>Whether two descriptors of ours, whose file is one, are one open file.</summary>
    /// <returns>null when it cannot be told.</returns>
    public static bool? AreOne(int fd, int other) => Same(Environment.ProcessId, fd, other) ?? AreOneByLocks(fd, other);

    /// <summary>Two open files cannot lock the same byte for themselves, not even two of one process; one can lock it
    /// twice (fcntl_locking(2)).</summary>
    private static unsafe bool? AreOneByLocks(int fd, int other)
    {
        // Where no file has a byte, and nobody else locks one.
        var first = new flock { l_type = fcntl.F_WRLCK, l_start = long.MaxValue - Environment.ProcessId, l_len = 1 };
        flock second = first;
        if (LibC.fcntl(fd, fcntl.F_OFD_SETLK, &first) < 0)
        {
            return null;
        }

        bool? areOne = LibC.fcntl(other, fcntl.F_OFD_GETLK, &second) < 0 ? null : second.l_type == fcntl.F_UNLCK;
        first.l_type = fcntl.F_UNLCK;
        _ = LibC.fcntl(fd, fcntl.F_OFD_SETLK, &first);
        return areOne;
    }

    /// <summary>Whether a thread has a descriptor of this number; null when the kernel does not tell.</summary>
    public static bool? IsOpen(int tid, int fd) =>
        libc.syscall(SYS_kcmp, tid, tid, libc.KCMP_FILE, fd, fd) == 0 ? true
            : Marshal.GetLastSystemError() == errno.EBADF ? false
            : null;

    /// <summary>Numbers below this are what a process may open files as: RLIMIT_NOFILE; null when the kernel does not
    /// tell.</summary>
    public static unsafe ulong? Limit(int tid)
    {
        ulong* limits = stackalloc ulong[2];
        return libc.syscall(SYS_prlimit64, tid, libc.RLIMIT_NOFILE, 0, (nint)limits, 0) == 0 ? limits[0] : null;
    }

    /// <summary>Whether a read of a process's descriptor would return at once.</summary>
    /// <param name="pid">A process, not one of its other threads.</param>
    /// <param name="fd">The number of the descriptor there.</param>
    /// <returns>false also when the kernel does not tell.</returns>
    public static bool CanRead(int pid, int fd) => IsReady(pid, fd, LibC.POLLIN);

    /// <summary>Whether a write to a process's descriptor would return at once, as above.</summary>
    public static bool CanWrite(int pid, int fd) => IsReady(pid, fd, LibC.POLLOUT);

    /// <summary>The kind of a socket, as the kernel names it in an attribute of its descriptor; proc(5) leads
    /// there.</summary>
    public static unsafe SocketProtocol Protocol(int pid, int fd)
    {
        Span<byte> text = stackalloc byte[32];
        nint length = libc.getxattr(
            in ProcPath.Of(pid, "fd"u8, fd)[0], in "system.sockprotoname\0"u8[0], ref text[0], text.Length);

        // It may end with a NUL.
        ReadOnlySpan<byte> protocol = text[..(int)Math.Max(length, 0)].TrimEnd((byte)0);
        return protocol.SequenceEqual("TCP"u8) || protocol.SequenceEqual("TCPv6"u8) || protocol.SequenceEqual("MPTCP"u8)
            || protocol.SequenceEqual("MPTCPv6"u8)
            ? SocketProtocol.Stream
            : protocol.SequenceEqual("UDP"u8) || protocol.SequenceEqual("UDPv6"u8) ? SocketProtocol.Datagram
            : protocol.StartsWith("UNIX"u8) ? SocketProtocol.Unix
            : SocketProtocol.Other;
    }

    /// <summary>The process that made the connection of a unix socket (SO_PEERCRED, unix(7)).</summary>
    /// <returns>0 for one that has no number here; null where the kernel does not tell.</returns>
    public static unsafe int? Peer(int pid, int fd)
    {
        uint* credentials = stackalloc uint[3];
        socklen_t length = 3 * sizeof(uint);
        int copy = Copy(pid, fd);
        bool isTold = copy >= 0 && LibC.getsockopt(copy, LibC.SOL_SOCKET, LibC.SO_PEERCRED, credentials, &length) == 0;
        Files.Close(copy);
        return isTold ? (int)credentials[0] : null;
    }

    /// <summary>How long a receive from a socket waits, or a send to it (SO_RCVTIMEO and SO_SNDTIMEO,
    /// socket(7)).</summary>
    /// <param name="pid">A process, not one of its other threads.</param>
    /// <param name="fd">The number of the descriptor there.</param>
    /// <param name="ofSend">That of a send.</param>
    /// <param name="isUnix">Whether it is a unix socket.</param>
    /// <returns>Zero for ever; null for what is no socket, or where the kernel does not tell.</returns>
    public static unsafe TimeSpan? SocketTimeout(int pid, int fd, bool ofSend, out bool isUnix)
    {
        long* time = stackalloc long[2];
        int domain = 0;
        socklen_t length = 2 * sizeof(long), lengthOfDomain = sizeof(int);
        int copy = Copy(pid, fd);
        bool isTold = copy >= 0
            && LibC.getsockopt(copy, LibC.SOL_SOCKET, ofSend ? socket.SO_SNDTIMEO : socket.SO_RCVTIMEO, time,
                &length) == 0
            && LibC.getsockopt(copy, LibC.SOL_SOCKET, socket.SO_DOMAIN, &domain, &lengthOfDomain) == 0;
        Files.Close(copy);
        isUnix = domain == socket.AF_UNIX;
        return isTold ? TimeSpan.FromSeconds(time[0]) + TimeSpan.FromMicroseconds(time[1]) : null;
    }

    /// <summary>Whether two threads have one descriptor table (CLONE_FILES); assumed where the kernel does not
    /// tell.</summary>
    public static bool ShareTable(int tid, int other) =>
        libc.syscall(SYS_kcmp, tid, other, libc.KCMP_FILES, 0, 0) is 0 or -1;

    /// <summary>Whether two threads have one address space (CLONE_VM); assumed where the kernel does not
    /// tell.</summary>
    public static bool ShareMemory(int tid, int other) =>
        libc.syscall(SYS_kcmp, tid, other, libc.KCMP_VM, 0, 0) is 0 or -1;

    /// <summary>Whether a process may have only so much address space (RLIMIT_AS); assumed where the kernel does not
    /// tell.</summary>
    public static unsafe bool IsMemoryLimited(int tid)
    {
        ulong* limits = stackalloc ulong[2];
        return libc.syscall(SYS_prlimit64, tid, libc.RLIMIT_AS, 0, (nint)limits, 0) != 0
            || limits[0] != ulong.MaxValue;
    }

    /// <summary>Whether two threads have one root and working directory (CLONE_FS); assumed where the kernel does not
    /// tell.</summary>
    public static bool ShareRoot(int tid, int other) =>
        libc.syscall(SYS_kcmp, tid, other, libc.KCMP_FS, 0, 0) is 0 or -1;

    /// <summary>Sets the offset of an open file.</summary>
    /// <returns>Where it is now, from the beginning of the file; −errno.</returns>
    public static long Seek(int fd, long offset, int whence)
    {
        long result = LibC.lseek(fd, offset, whence);
        return result >= 0 ? result : -LibC.errno;
    }

    private static unsafe bool IsReady(int pid, int fd, short events)
    {
        int copy = Copy(pid, fd);
        pollfd poll = new() { fd = copy, events = events };
        bool isReady = copy >= 0 && libc.poll((nint)(&poll), 1, 0) > 0;
        Files.Close(copy);
        return isReady;
    }

    // Another number for it here, closed on exec; negative where the kernel denies that.
    private static int Copy(int pid, int fd)
    {
        int process = (int)libc.syscall(libc.SYS_pidfd_open, pid, 0, 0, 0, 0);
        int copy = process < 0 ? -1 : (int)libc.syscall(SYS_pidfd_getfd, process, fd, 0, 0, 0);
        Files.Close(process);
        return copy;
    }
}
