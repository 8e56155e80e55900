using System.Runtime.InteropServices;
using Fptrace.Model;
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

    public static int Stat(ReadOnlySpan<byte> path, bool follow, out FileStamp stamp)
    {
        Tmds.Linux.statx buffer = default;
        fixed (byte* p = path)
        {
            if (LibC.statx(fcntl.AT_FDCWD, p, follow ? 0 : fcntl.AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &buffer) != 0)
            {
                stamp = default;
                return -LibC.errno;
            }
        }

        stamp = new FileStamp(
            TypeOf(buffer.stx_mode),
            (uint)buffer.stx_mode & 0xfff,
            (long)buffer.stx_size,
            ((long)buffer.stx_mtime.tv_sec * 1_000_000_000) + buffer.stx_mtime.tv_nsec,
            buffer.stx_ino,
            ((ulong)buffer.stx_dev_major << 32) | buffer.stx_dev_minor);
        return 0;
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

    /// <summary>The kernel's type bits of st_mode as our type.</summary>
    public static FileType TypeOf(uint mode) => (mode & 0xf000) switch
    {
        0x8000 or 0 => FileType.Regular,
        0x4000 => FileType.Directory,
        0xa000 => FileType.Symlink,
        0x1000 => FileType.Fifo,
        0xc000 => FileType.Socket,
        0x2000 => FileType.CharacterDevice,
        0x6000 => FileType.BlockDevice,
        _ => FileType.None,
    };

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
            LibC.close(fd);
            return (int)length;
        }
    }
}
