using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Fptrace.Interop;

/// <summary>Questions about paths. Every path ends with a NUL; every answer is 0 or a length, or −errno.</summary>
internal static unsafe class Files
{
    private const uint STATX_BASIC_STATS = 0x7ff;

    public static int ReadLink(ReadOnlySpan<byte> path, Span<byte> target)
    {
        fixed (byte* p = path, t = target)
        {
            nint length = (nint)LibC.readlink(p, t, target.Length);
            return length >= 0 ? (int)length : -LibC.errno;
        }
    }

    /// <summary>statx with all the basic fields.</summary>
    public static int Stat(ReadOnlySpan<byte> path, int flags, out statx result)
    {
        result = default;
        fixed (byte* p = path)
        fixed (statx* r = &result)
        {
            return LibC.statx(fcntl.AT_FDCWD, p, flags, STATX_BASIC_STATS, r) == 0 ? 0 : -LibC.errno;
        }
    }

    /// <summary>faccessat with the effective ids.</summary>
    public static int Access(ReadOnlySpan<byte> path, int mode)
    {
        fixed (byte* p = path)
        {
            return LibC.faccessat(fcntl.AT_FDCWD, p, mode, fcntl.AT_EACCESS) == 0 ? 0 : -LibC.errno;
        }
    }

    public static bool IsPrivileged => LibC.geteuid() == 0;

    public static int Link(ReadOnlySpan<byte> existing, ReadOnlySpan<byte> name)
    {
        fixed (byte* e = existing, n = name)
        {
            return LibC.linkat(fcntl.AT_FDCWD, e, fcntl.AT_FDCWD, n, 0) == 0 ? 0 : -LibC.errno;
        }
    }

    /// <summary>The first bytes of a file, or −errno.</summary>
    public static int ReadHead(ReadOnlySpan<byte> path, Span<byte> head)
    {
        fixed (byte* p = path, h = head)
        {
            int fd = LibC.open(p, fcntl.O_CLOEXEC);
            if (fd < 0)
            {
                return -LibC.errno;
            }

            nint length = (nint)LibC.read(fd, h, head.Length);
            _ = LibC.close(fd);
            return (int)length;
        }
    }
}
