using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Tmds.Linux;

namespace Fptrace.Linux.Descriptors;

/// <summary>Calls on pipes and descriptors. Methods return a value, or −errno.</summary>
internal static unsafe class Pipes
{
    /// <summary>Creates a pipe (pipe2(2)). Both ends are close-on-exec; reads do not block.</summary>
    public static int Create(out int reader, out int writer)
    {
        int* ends = stackalloc int[2];
        int result = LibC.pipe2(ends, fcntl.O_CLOEXEC) == 0 ? 0 : -LibC.errno;
        (reader, writer) = (ends[0], ends[1]);
        if (result == 0)
        {
            // Leave the flags of the writing end alone, because the command can see them.
            _ = LibC.fcntl(reader, fcntl.F_SETFL, fcntl.O_NONBLOCK);
        }

        return result;
    }

    /// <summary>Duplicates a descriptor to a number above the standard ones. The copy is close-on-exec.</summary>
    public static int Duplicate(int fd)
    {
        int copy = LibC.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3);
        return copy >= 0 ? copy : -LibC.errno;
    }

    /// <summary>
    /// Makes <paramref name="number"/> a duplicate of <paramref name="fd"/> that stays open at execve(2).
    /// </summary>
    public static void Replace(int fd, int number) => _ = LibC.dup2(fd, number);

    /// <summary>Waits until one of the descriptors can be read, or has no writers left.</summary>
    public static void Wait(ReadOnlySpan<int> descriptors)
    {
        pollfd* wanted = stackalloc pollfd[descriptors.Length];
        for (int i = 0; i < descriptors.Length; i++)
        {
            // poll(2) ignores negative descriptors.
            wanted[i] = new pollfd { fd = descriptors[i], events = LibC.POLLIN };
        }

        _ = libc.poll((nint)wanted, (nuint)descriptors.Length, -1);
    }

    /// <summary>Waits until the other end of a pipe or socket is closed.</summary>
    public static void WaitForHangUp(int fd)
    {
        pollfd wanted = new() { fd = fd };
        while (libc.poll((nint)(&wanted), 1, -1) < 0 && Marshal.GetLastPInvokeError() == errno.EINTR)
        {
        }
    }

    /// <summary>Whether a pipe or socket is empty and has no writers left, so that nothing more can arrive.</summary>
    public static bool IsAtEnd(int fd)
    {
        pollfd state = new() { fd = fd, events = LibC.POLLIN };
        if (libc.poll((nint)(&state), 1, 0) <= 0)
        {
            return false;
        }

        byte next;
        return (state.revents & LibC.POLLIN) == 0
            ? (state.revents & LibC.POLLHUP) != 0
            : (nint)LibC.recv(fd, &next, 1, LibC.MSG_PEEK | LibC.MSG_DONTWAIT) == 0;
    }

    /// <summary>Reads what is available; 0 at the end.</summary>
    public static int Read(int fd, Span<byte> target)
    {
        nint count = libc.read(fd, ref MemoryMarshal.GetReference(target), target.Length);
        return count >= 0 ? (int)count : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Writes all bytes, and waits while the reader does not take them.</summary>
    public static int WriteAll(int fd, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint count = libc.write(fd, in bytes[0], bytes.Length);
            if (count >= 0)
            {
                bytes = bytes[(int)count..];
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            switch (error)
            {
                case errno.EINTR:
                    break;
                case errno.EAGAIN:
                    pollfd room = new() { fd = fd, events = LibC.POLLOUT };
                    _ = libc.poll((nint)(&room), 1, -1);
                    break;
                default:
                    return -error;
            }
        }

        return 0;
    }
}
