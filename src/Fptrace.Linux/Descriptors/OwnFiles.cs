using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Proc;
using LibC = Tmds.Linux.LibC;

namespace Fptrace.Linux.Descriptors;

/// <summary>Calls on files that the tool itself writes. Paths end with a NUL; every answer is 0, a descriptor or
/// −errno.</summary>
/// <remarks>Unlike those of <see cref="Files"/> they are no questions about the command: a failure is no fault of the
/// trace.</remarks>
internal static unsafe class OwnFiles
{
    private const int MFD_CLOEXEC = 1;
    private const int CAP_FOWNER = 3;
    private const int LongestPath = 1 << 16;

    public static int Open(ReadOnlySpan<byte> path, int flags, uint mode = 0) =>
        FilesAt.Open(fcntl.AT_FDCWD, path, flags, mode);

    /// <summary>A file without a name in that directory (O_TMPFILE).</summary>
    public static int OpenNameless(ReadOnlySpan<byte> directory) =>
        Open(directory, fcntl.O_RDWR | fcntl.O_TMPFILE, 0x180);

    /// <summary>A file in memory.</summary>
    public static int OpenMemory()
    {
        fixed (byte* name = "fptrace\0"u8)
        {
            int fd = LibC.memfd_create(name, MFD_CLOEXEC);
            return fd >= 0 ? fd : -LibC.errno;
        }
    }

    public static int Stat(ReadOnlySpan<byte> path, FinalLink follow, out statx found) =>
        FilesAt.Stat(fcntl.AT_FDCWD, path, follow == FinalLink.Follow ? 0 : fcntl.AT_SYMLINK_NOFOLLOW, out found);

    /// <summary>Copies content and mode into a file that does not exist yet.</summary>
    /// <remarks>A file of the command's: what keeps us from it is a fault of the trace.</remarks>
    public static int Copy(ReadOnlySpan<byte> existing, ReadOnlySpan<byte> name)
    {
        int from = Files.Open(fcntl.AT_FDCWD, existing, 0);
        if (from < 0)
        {
            return from;
        }

        int to = FilesAt.Stat(from, "\0"u8, fcntl.AT_EMPTY_PATH, out statx found);
        to = to < 0
            ? to
            : Faults.Note(Open(name, fcntl.O_WRONLY | fcntl.O_CREAT | fcntl.O_EXCL, found.stx_mode & 0xfffu));
        int result = to;
        if (to >= 0)
        {
            byte[] buffer = new byte[1 << 16];
            long at = 0;
            while ((result = Files.ReadAt(from, at, buffer)) > 0)
            {
                at += result;
                result = Pipes.WriteAll(to, buffer.AsSpan(0, result));
                if (result < 0)
                {
                    break;
                }
            }
        }

        Files.Close(to);
        Files.Close(from);
        return result;
    }

    /// <summary>Whether we may make names in a directory: tried with a file without a name, and only asked where there
    /// is no such thing.</summary>
    public static int CanMakeNames(ReadOnlySpan<byte> directory)
    {
        int fd = OpenNameless(directory);
        if (fd >= 0)
        {
            Files.Close(fd);
            return 0;
        }

        // Older kernels take it for the opening of a directory; some file systems (overlay before Linux 6.3, NFS) know
        // no such files.
        if (fd is not (-errno.EOPNOTSUPP or -errno.EISDIR or -errno.EINVAL or -errno.ENOSYS or -errno.EMFILE
            or -errno.ENFILE))
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
        uint self = libc.geteuid();
        return (directory.stx_mode & stat.S_ISVTX) != 0
            && file.stx_uid != self && directory.stx_uid != self && !OwnStatus.HasCapability(CAP_FOWNER);
    }

    /// <summary>The working directory, absolute and without links. It may be gone.</summary>
    public static int WorkingDirectory(out byte[] path)
    {
        byte[] buffer = new byte[LongestPath];
        fixed (byte* b = buffer)
        {
            byte* found = LibC.getcwd(b, buffer.Length);
            path = found == null ? [] : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(found).ToArray();

            // Out of reach of our root the kernel gives "(unreachable)/...".
            return found == null ? -LibC.errno : path is [(byte)'/', ..] ? 0 : -errno.ENOENT;
        }
    }

    public static int Rename(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) =>
        FilesAt.Rename(fcntl.AT_FDCWD, from, fcntl.AT_FDCWD, to);

    public static int MakeDirectory(ReadOnlySpan<byte> path) => FilesAt.MakeDirectory(fcntl.AT_FDCWD, path, 0x1ff);

    public static int Truncate(int fd) => LibC.ftruncate(fd, 0) == 0 ? 0 : -LibC.errno;

    /// <summary>Gives a file the mode and, where we may, the owner of the one that it replaces.</summary>
    public static int TakeAfter(int fd, in statx former)
    {
        if (FilesAt.Stat(fd, "\0"u8, fcntl.AT_EMPTY_PATH, out statx own) == 0
            && (own.stx_uid, own.stx_gid) != (former.stx_uid, former.stx_gid))
        {
            _ = libc.fchown(fd, former.stx_uid, former.stx_gid);
        }

        return FilesAt.SetMode(fd, former.stx_mode & 0xfffu);
    }

    public static int Remove(int directory, ReadOnlySpan<byte> name, bool isDirectory = false) =>
        isDirectory ? FilesAt.RemoveDirectory(directory, name) : FilesAt.Unlink(directory, name);

    /// <summary>How a descriptor of ours was opened (O_ACCMODE), or −errno: it is closed.</summary>
    public static int AccessMode(int fd)
    {
        int flags = DescriptorFlags.OfFile(fd);
        return flags < 0 ? -errno.EBADF : (flags & fcntl.O_PATH) != 0 ? 0 : flags & fcntl.O_ACCMODE;
    }
}
