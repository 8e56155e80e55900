using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Tmds.Linux;

namespace Fptrace.Linux.FileSystem;

/// <summary>Calls on files that the tool itself writes. Paths end with a NUL; every answer is 0, a descriptor or −errno.</summary>
/// <remarks>Unlike those of <see cref="Files"/> they are no questions about the command: a failure is no fault of the trace.</remarks>
internal static unsafe class OwnFiles
{
    private const int MFD_CLOEXEC = 1;
    private const int CAP_FOWNER = 3;
    private const int LongestPath = 1 << 16;

    public static int Open(ReadOnlySpan<byte> path, int flags, int mode = 0) => OpenAt(fcntl.AT_FDCWD, path, flags, mode);

    public static int OpenAt(int directory, ReadOnlySpan<byte> path, int flags, int mode = 0)
    {
        fixed (byte* p = path)
        {
            int fd;
            do
            {
                fd = LibC.openat(directory, p, flags | fcntl.O_CLOEXEC, (ushort)mode);
            }
            while (fd < 0 && LibC.errno == errno.EINTR);
            return fd >= 0 ? fd : -LibC.errno;
        }
    }

    /// <summary>A file without a name in that directory (O_TMPFILE).</summary>
    public static int OpenNameless(ReadOnlySpan<byte> directory) => Open(directory, fcntl.O_RDWR | OpenFlags.OfThisMachine.O_TMPFILE, 0x180);

    /// <summary>A file in memory.</summary>
    public static int OpenMemory()
    {
        fixed (byte* name = "fptrace\0"u8)
        {
            int fd = LibC.memfd_create(name, MFD_CLOEXEC);
            return fd >= 0 ? fd : -LibC.errno;
        }
    }

    public static int Stat(ReadOnlySpan<byte> path, bool follow, out statx found)
    {
        found = default;
        fixed (byte* p = path)
        fixed (statx* f = &found)
        {
            int flags = follow ? 0 : fcntl.AT_SYMLINK_NOFOLLOW;
            int result = LibC.statx(fcntl.AT_FDCWD, p, flags, 0x7ff, f) == 0 ? 0 : -LibC.errno;
            return StatWithoutStatx.IsFor(-result) ? StatWithoutStatx.Of(fcntl.AT_FDCWD, p, flags, f) : result;
        }
    }

    /// <summary>Whether we may make names in a directory: tried with a file without a name, and only asked where there is no such thing.</summary>
    public static int CanMakeNames(ReadOnlySpan<byte> directory)
    {
        int fd = OpenNameless(directory);
        if (fd >= 0)
        {
            _ = LibC.close(fd);
            return 0;
        }

        // Older kernels take it for the opening of a directory; some file systems (overlay before Linux 6.3, NFS) know no such files.
        if (fd is not (-errno.EOPNOTSUPP or -errno.EISDIR or -errno.EINVAL or -errno.ENOSYS or -errno.EMFILE or -errno.ENFILE))
        {
            return fd;
        }

        fixed (byte* p = directory)
        {
            return LibC.faccessat(fcntl.AT_FDCWD, p, fcntl.W_OK | fcntl.X_OK, fcntl.AT_EACCESS) == 0 ? 0 : -LibC.errno;
        }
    }

    /// <summary>Whether a sticky directory (inode(7)) keeps us from replacing a file.</summary>
    public static bool IsHeldBySticky(in statx directory, in statx file)
    {
        const int S_ISVTX = 0x200;
        uint self = LibC.geteuid();
        return (directory.stx_mode & S_ISVTX) != 0
            && file.stx_uid != self && directory.stx_uid != self && !OwnProcess.HasCapability(CAP_FOWNER);
    }

    /// <summary>The working directory, absolute and without links. It may be gone.</summary>
    public static int WorkingDirectory(out byte[] path)
    {
        byte[] buffer = new byte[LongestPath];
        fixed (byte* b = buffer)
        {
            byte* found = libc.getcwd(b, (nuint)buffer.Length);
            path = found == null ? [] : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(found).ToArray();

            // Out of reach of our root the kernel gives "(unreachable)/...".
            return found == null ? -Marshal.GetLastPInvokeError() : path is [(byte)'/', ..] ? 0 : -errno.ENOENT;
        }
    }

    public static int Rename(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        fixed (byte* f = from, t = to)
        {
            return libc.rename(f, t) == 0 ? 0 : -Marshal.GetLastPInvokeError();
        }
    }

    public static int MakeDirectory(ReadOnlySpan<byte> path)
    {
        fixed (byte* p = path)
        {
            return LibC.mkdir(p, 0x1ff) == 0 ? 0 : -LibC.errno;
        }
    }

    public static int Truncate(int fd) => LibC.ftruncate(fd, 0) == 0 ? 0 : -LibC.errno;

    /// <summary>Gives a file the mode and, where we may, the owner of the one that it replaces.</summary>
    public static int TakeAfter(int fd, in statx former)
    {
        statx own = default;
        fixed (byte* empty = "\0"u8)
        {
            if (LibC.statx(fd, empty, fcntl.AT_EMPTY_PATH, 0x7ff, &own) == 0 && (own.stx_uid, own.stx_gid) != (former.stx_uid, former.stx_gid))
            {
                _ = LibC.fchown(fd, former.stx_uid, former.stx_gid);
            }
        }

        return LibC.fchmod(fd, (ushort)(former.stx_mode & 0xfff)) == 0 ? 0 : -LibC.errno;
    }

    public static int Remove(int directory, ReadOnlySpan<byte> name, bool isDirectory = false)
    {
        fixed (byte* n = name)
        {
            return LibC.unlinkat(directory, n, isDirectory ? fcntl.AT_REMOVEDIR : 0) == 0 ? 0 : -LibC.errno;
        }
    }

    /// <summary>How a descriptor of ours was opened (O_ACCMODE), or −errno: it is closed.</summary>
    public static int AccessMode(int fd)
    {
        int flags = libc.fcntl(fd, fcntl.F_GETFL, 0);
        return flags < 0 ? -errno.EBADF : (flags & fcntl.O_PATH) != 0 ? 0 : flags & fcntl.O_ACCMODE;
    }
}
