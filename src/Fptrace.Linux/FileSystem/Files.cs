using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;

namespace Fptrace.Linux.FileSystem;

/// <summary>Questions about the command's files: what keeps us from an answer is a fault of the trace
/// (<see cref="Faults"/>).</summary>
/// <remarks>Paths end with a NUL. Every answer is 0, a length or a descriptor, or −errno.</remarks>
internal static class Files
{
    private const int MostAttempts = 100;

    /// <summary>Effective root: permission bits do not hold us up.</summary>
    public static bool IsPrivileged { get; } = libc.geteuid() == 0;

    public static int ReadLink(ReadOnlySpan<byte> path, Span<byte> target) => Faults.NoteDenied(LinkAt(path, target));

    /// <summary>The same of a link that somebody else made: one that we may not look at is no fault.</summary>
    public static int LinkAt(ReadOnlySpan<byte> path, Span<byte> target) =>
        FilesAt.ReadLink(fcntl.AT_FDCWD, path, target);

    /// <summary>statx with all the basic fields.</summary>
    public static int Stat(int directory, ReadOnlySpan<byte> path, int flags, out statx result) =>
        Faults.Note(FilesAt.Stat(directory, path, flags, out result));

    public static int Open(int directory, ReadOnlySpan<byte> path, int flags) =>
        Faults.Note(FilesAt.Open(directory, path, flags));

    /// <summary>Opens with O_PATH, taking <paramref name="root"/> for the root directory (openat2(2), Linux
    /// 5.6).</summary>
    public static int OpenInRoot(int root, ReadOnlySpan<byte> path, int flags)
    {
        int fd;
        int attempts = 0;
        do
        {
            // EAGAIN: something was renamed meanwhile, and the kernel cannot tell whether ".." stays below the root.
            fd = FilesAt.OpenResolved(root, path, flags | fcntl.O_PATH, fcntl.RESOLVE_IN_ROOT);
        }
        while (fd is -errno.EINTR or -errno.EAGAIN && ++attempts < MostAttempts);
        return Faults.Note(fd);
    }

    public static void Close(int fd) => FilesAt.Close(fd);

    /// <summary>Bytes of a file from <paramref name="offset"/>, or −errno.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">In bytes.</param>
    /// <param name="target">Filled as far as there is something.</param>
    /// <param name="isMemory">It is /proc/PID/mem, of which EIO says that nothing is there.</param>
    public static int ReadAt(ReadOnlySpan<byte> path, long offset, Span<byte> target, bool isMemory = false)
    {
        // What a command names to run may be a FIFO: nobody waits for its other end.
        int fd = Open(fcntl.AT_FDCWD, path, fcntl.O_NONBLOCK);
        if (fd < 0)
        {
            return fd;
        }

        int result = ReadAt(fd, offset, target);
        Close(fd);
        return isMemory ? result : Faults.Note(result);
    }

    /// <summary>The same of an open file.</summary>
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

    /// <summary>A whole file whose size is not known beforehand, as those of /proc; null when it cannot be
    /// read.</summary>
    public static byte[]? ReadAll(ReadOnlySpan<byte> path)
    {
        int fd = Open(fcntl.AT_FDCWD, path, 0);
        if (fd < 0)
        {
            return null;
        }

        // Most answers of /proc are short, and memory that the collector gives out costs a page fault each 4 KB.
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
                Close(fd);
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
