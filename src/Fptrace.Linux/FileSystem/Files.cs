using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Tmds.Linux;

namespace Fptrace.Linux.FileSystem;

/// <summary>Questions about paths. Every path ends with a NUL; every answer is 0 or a length or a descriptor, or −errno.</summary>
internal static unsafe class Files
{
    private const uint STATX_BASIC_STATS = 0x7ff;
    private const int SYS_openat2 = 437;
    private const int MostAttempts = 100;

    /// <summary>Effective root: permission bits do not hold us up.</summary>
    public static bool IsPrivileged { get; } = LibC.geteuid() == 0;

    public static int ReadLink(ReadOnlySpan<byte> path, Span<byte> target)
    {
        fixed (byte* p = path, t = target)
        {
            nint length = (nint)LibC.readlink(p, t, target.Length);
            return Faults.NoteDenied(length >= 0 ? (int)length : -LibC.errno);
        }
    }

    /// <summary>The same of a link that somebody else made: one that we may not look at is no fault.</summary>
    public static int LinkAt(ReadOnlySpan<byte> path, Span<byte> target)
    {
        fixed (byte* p = path, t = target)
        {
            return (int)(nint)LibC.readlink(p, t, target.Length);
        }
    }

    /// <summary>statx with all the basic fields.</summary>
    public static int Stat(int directory, ReadOnlySpan<byte> path, int flags, out statx result)
    {
        result = default;
        fixed (byte* p = path)
        fixed (statx* r = &result)
        {
            int answer = LibC.statx(directory, p, flags, STATX_BASIC_STATS, r) == 0 ? 0 : -LibC.errno;
            return Faults.Note(StatWithoutStatx.IsFor(-answer) ? StatWithoutStatx.Of(directory, p, flags, r) : answer);
        }
    }

    /// <summary>faccessat with the effective ids.</summary>
    public static int Access(int directory, ReadOnlySpan<byte> path, int mode)
    {
        fixed (byte* p = path)
        {
            return Faults.Note(LibC.faccessat(directory, p, mode, fcntl.AT_EACCESS) == 0 ? 0 : -LibC.errno);
        }
    }

    public static int Open(int directory, ReadOnlySpan<byte> path, int flags, int mode = 0)
    {
        fixed (byte* p = path)
        {
            int fd;
            do
            {
                fd = LibC.openat(directory, p, flags | fcntl.O_CLOEXEC, (ushort)mode);
            }
            while (fd < 0 && LibC.errno == errno.EINTR);
            return Faults.Note(fd >= 0 ? fd : -LibC.errno);
        }
    }

    /// <summary>Opens with O_PATH, taking <paramref name="root"/> for the root directory (openat2(2), Linux 5.6).</summary>
    public static int OpenInRoot(int root, ReadOnlySpan<byte> path, int flags)
    {
        ulong* how = stackalloc ulong[] { (uint)(flags | fcntl.O_PATH | fcntl.O_CLOEXEC), 0, fcntl.RESOLVE_IN_ROOT };
        fixed (byte* p = path)
        {
            nint fd;
            int attempts = 0;
            do
            {
                // EAGAIN: something was renamed meanwhile, and the kernel cannot tell whether ".." stays below the root.
                fd = libc.syscall(SYS_openat2, root, (nint)p, (nint)how, 24, 0);
            }
            while (fd < 0 && Marshal.GetLastSystemError() is errno.EINTR or errno.EAGAIN && ++attempts < MostAttempts);
            return Faults.Note(fd >= 0 ? (int)fd : -Marshal.GetLastSystemError());
        }
    }

    public static void Close(int fd)
    {
        if (fd >= 0)
        {
            _ = LibC.close(fd);
        }
    }

    public static int Link(ReadOnlySpan<byte> existing, ReadOnlySpan<byte> name)
    {
        fixed (byte* e = existing, n = name)
        {
            return LibC.linkat(fcntl.AT_FDCWD, e, fcntl.AT_FDCWD, n, 0) == 0 ? 0 : -LibC.errno;
        }
    }

    public static int Unlink(ReadOnlySpan<byte> path)
    {
        fixed (byte* p = path)
        {
            return LibC.unlink(p) == 0 ? 0 : -LibC.errno;
        }
    }

    /// <summary>Copies content and mode into a file that does not exist yet.</summary>
    public static int Copy(ReadOnlySpan<byte> existing, ReadOnlySpan<byte> name)
    {
        int from = Open(fcntl.AT_FDCWD, existing, 0);
        if (from < 0)
        {
            return from;
        }

        stat mode = default;
        _ = LibC.fstat(from, &mode);
        int to = Open(fcntl.AT_FDCWD, name, fcntl.O_WRONLY | fcntl.O_CREAT | fcntl.O_EXCL, (int)(uint)mode.st_mode & 0xfff);
        int result = to;
        if (to >= 0)
        {
            nint copied;
            byte[] buffer = new byte[1 << 16];
            fixed (byte* b = buffer)
            {
                while ((copied = (nint)LibC.read(from, b, buffer.Length)) > 0)
                {
                    if ((nint)LibC.write(to, b, (int)copied) != copied)
                    {
                        copied = -1;
                        break;
                    }
                }
            }

            result = copied < 0 ? -LibC.errno : 0;
        }

        Close(to);
        Close(from);
        return result;
    }

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

    /// <summary>Sets the offset of an open file.</summary>
    /// <returns>Where it is now, from the beginning of the file.</returns>
    public static long Seek(int fd, long offset, int whence)
    {
        long result = libc.lseek(fd, offset, whence);
        return result >= 0 ? result : -Marshal.GetLastPInvokeError();
    }

    /// <summary>The same of an open file.</summary>
    public static int ReadAt(int fd, long offset, Span<byte> target)
    {
        fixed (byte* t = target)
        {
            nint length;
            do
            {
                length = (nint)LibC.pread(fd, t, target.Length, offset);
            }
            while (length < 0 && LibC.errno == errno.EINTR);
            return length < 0 ? -LibC.errno : (int)length;
        }
    }

    /// <summary>A whole file whose size is not known beforehand, as those of /proc; null when it cannot be read.</summary>
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
            fixed (byte* b = buffer)
            {
                nint read = (nint)LibC.read(fd, b + length, buffer.Length - length);
                if (read < 0 && LibC.errno == errno.EINTR)
                {
                    continue;
                }

                if (read <= 0)
                {
                    int result = read < 0 ? Faults.Note(-LibC.errno) : 0;
                    Close(fd);
                    return result < 0 ? null : buffer[..length].ToArray();
                }

                length += (int)read;
            }

            if (length == buffer.Length)
            {
                byte[] longer = new byte[4 * length];
                buffer.CopyTo(longer);
                buffer = longer;
            }
        }
    }
}
