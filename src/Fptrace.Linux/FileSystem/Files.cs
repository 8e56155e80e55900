using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;

namespace Fptrace.Linux.FileSystem;

/// <summary>
/// Calls that ask about the command's files. A failure to get an answer is a fault of the trace (<see cref="Faults"/>).
/// </summary>
/// <remarks>Paths end with a NUL. Methods return 0, a length or a descriptor, or −errno.</remarks>
internal static class Files
{
    private const int MostAttempts = 100;

    /// <summary>Whether this process is root, to whom permission bits do not apply.</summary>
    public static bool IsPrivileged { get; } = libc.geteuid() == 0;

    public static int ReadLink(ReadOnlySpan<byte> path, Span<byte> target) => Faults.NoteDenied(LinkAt(path, target));

    /// <summary>Reads a link that is not our own, such as one of the command's. A denial is then no fault.</summary>
    public static int LinkAt(ReadOnlySpan<byte> path, Span<byte> target) =>
        FilesAt.ReadLink(fcntl.AT_FDCWD, path, target);

    /// <summary>statx with all the basic fields.</summary>
    public static int Stat(int directory, ReadOnlySpan<byte> path, int flags, out statx result) =>
        Faults.Note(FilesAt.Stat(directory, path, flags, out result));

    public static int Open(int directory, ReadOnlySpan<byte> path, int flags) =>
        Faults.Note(FilesAt.Open(directory, path, flags));

    /// <summary>
    /// Opens a path with O_PATH as if <paramref name="root"/> were the root directory (openat2(2), Linux 5.6).
    /// </summary>
    public static int OpenInRoot(int root, ReadOnlySpan<byte> path, int flags)
    {
        int fd;
        int attempts = 0;
        do
        {
            // EAGAIN: another process renamed something, so the kernel could not tell whether ".." stays below the
            // root.
            fd = FilesAt.OpenResolved(root, path, flags | fcntl.O_PATH, fcntl.RESOLVE_IN_ROOT);
        }
        while (fd is -errno.EINTR or -errno.EAGAIN && ++attempts < MostAttempts);
        return Faults.Note(fd);
    }

    public static void Close(int fd) => FilesAt.Close(fd);

    /// <summary>Reads bytes of a file.</summary>
    /// <returns>Their number, or −errno.</returns>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where to start, in bytes.</param>
    /// <param name="target">Receives the bytes. The file may end before it is full.</param>
    public static int ReadAt(ReadOnlySpan<byte> path, long offset, Span<byte> target) =>
        Faults.Note(ReadMemory(path, offset, target));

    /// <summary>Reads bytes of /proc/PID/mem. There, EIO is no fault: nothing is mapped at the address.</summary>
    public static int ReadMemory(ReadOnlySpan<byte> path, long offset, Span<byte> target)
    {
        // The file may be a FIFO. O_NONBLOCK opens it without waiting for a writer.
        int fd = Open(fcntl.AT_FDCWD, path, fcntl.O_NONBLOCK);
        if (fd < 0)
        {
            return fd;
        }

        int result = ReadAt(fd, offset, target);
        Close(fd);
        return result;
    }

    /// <summary>Reads bytes of an open file.</summary>
    public static int ReadAt(int fd, long offset, Span<byte> target)
    {
        nint length;
        do
        {
            length = libc.pread(fd, ref MemoryMarshal.GetReference(target), target.Length, offset);
        }
        while (length < 0 && Marshal.GetLastPInvokeError() == errno.EINTR);
        return length < 0 ? -Marshal.GetLastPInvokeError() : (int)length;
    }

    /// <summary>Reads a whole file of unknown size, such as one of /proc; null when it cannot be read.</summary>
    public static byte[]? ReadAll(ReadOnlySpan<byte> path)
    {
        int fd = Open(fcntl.AT_FDCWD, path, 0);
        if (fd < 0)
        {
            return null;
        }

        byte[]? all = ReadToEnd(fd);
        Close(fd);
        return all;
    }

    /// <summary>Reads from a descriptor to the end. Null if it cannot be read.</summary>
    public static byte[]? ReadToEnd(int fd)
    {
        // Most files of /proc are short, so the stack will do: new memory of the garbage collector costs a page fault
        // for every 4 KB.
        Span<byte> buffer = stackalloc byte[1 << 12];
        int length = 0;
        while (true)
        {
            nint read = libc.read(fd, ref buffer[length], buffer.Length - length);
            if (read < 0 && Marshal.GetLastPInvokeError() == errno.EINTR)
            {
                continue;
            }

            if (read <= 0)
            {
                int result = read < 0 ? Faults.Note(-Marshal.GetLastPInvokeError()) : 0;
                return result < 0 ? null : buffer[..length].ToArray();
            }

            length += (int)read;
            if (length == buffer.Length)
            {
                byte[] longer = new byte[4 * length];
                buffer.CopyTo(longer);
                buffer = longer;
            }
        }
    }
}
