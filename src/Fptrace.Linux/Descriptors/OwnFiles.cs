using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Proc;
using LibC = Tmds.Linux.LibC;

namespace Fptrace.Linux.Descriptors;

/// <summary>
/// Calls on files that fptrace itself writes. Paths end with a NUL. Methods return 0, a descriptor or −errno.
/// </summary>
/// <remarks>
/// In contrast to those of <see cref="Files"/>, these calls do not ask about the command. So a failure is no fault of
/// the trace.
/// </remarks>
internal static unsafe class OwnFiles
{
    private const int MFD_CLOEXEC = 1;
    private const int CAP_FOWNER = 3;
    private const int LongestPath = 1 << 16;

    public static int Open(ReadOnlySpan<byte> path, int flags, uint mode = 0) =>
        FilesAt.Open(fcntl.AT_FDCWD, path, flags, mode);

    /// <summary>Opens a nameless file on the file system of a directory (O_TMPFILE).</summary>
    public static int OpenNameless(ReadOnlySpan<byte> directory) =>
        Open(directory, fcntl.O_RDWR | fcntl.O_TMPFILE, 0x180);

    /// <summary>Opens a file in memory (memfd_create(2)).</summary>
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

    /// <summary>Whether we may create files in a directory.</summary>
    /// <remarks>It tries a nameless file, or asks for permission where the file system has none.</remarks>
    public static int CanMakeNames(ReadOnlySpan<byte> directory)
    {
        int fd = OpenNameless(directory);
        if (fd >= 0)
        {
            Files.Close(fd);
            return 0;
        }

        // Older kernels fail because they see the opening of a directory. Some file systems have no nameless files
        // (NFS, overlayfs before Linux 6.3).
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

    /// <summary>Whether a sticky directory (inode(7)) prevents us from replacing a file.</summary>
    public static bool IsHeldBySticky(in statx directory, in statx file)
    {
        uint self = libc.geteuid();
        return (directory.stx_mode & stat.S_ISVTX) != 0
            && file.stx_uid != self && directory.stx_uid != self && !OwnStatus.HasCapability(CAP_FOWNER);
    }

    /// <summary>
    /// Finds the absolute path of the working directory, without symbolic links. The directory may have been removed.
    /// </summary>
    public static int WorkingDirectory(out byte[] path)
    {
        byte[] buffer = new byte[LongestPath];
        fixed (byte* b = buffer)
        {
            byte* found = LibC.getcwd(b, buffer.Length);
            path = found == null ? [] : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(found).ToArray();

            // If the directory is not reachable from our root, the kernel returns "(unreachable)/..." (getcwd(3)).
            return found == null ? -LibC.errno : path is [(byte)'/', ..] ? 0 : -errno.ENOENT;
        }
    }

    public static int Rename(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) =>
        FilesAt.Rename(fcntl.AT_FDCWD, from, fcntl.AT_FDCWD, to);

    public static int MakeDirectory(ReadOnlySpan<byte> path) => FilesAt.MakeDirectory(fcntl.AT_FDCWD, path, 0x1ff);

    public static int Truncate(int fd) => LibC.ftruncate(fd, 0) == 0 ? 0 : -LibC.errno;

    /// <summary>Gives a file the mode and, if permitted, the owner of the file that it replaces.</summary>
    public static int TakeAfter(int fd, in statx former)
    {
        if (FilesAt.Stat(fd, "\0"u8, fcntl.AT_EMPTY_PATH, out statx own) == 0
            && (own.stx_uid, own.stx_gid) != (former.stx_uid, former.stx_gid))
        {
            _ = libc.fchown(fd, former.stx_uid, former.stx_gid);
        }

        return FilesAt.SetMode(fd, former.stx_mode & 0xfffu);
    }

    /// <summary>The access mode of a descriptor of this process (O_ACCMODE), or −errno if it is closed.</summary>
    public static int AccessMode(int fd)
    {
        int flags = DescriptorFlags.OfFile(fd);
        return flags < 0 ? -errno.EBADF : (flags & fcntl.O_PATH) != 0 ? 0 : flags & fcntl.O_ACCMODE;
    }
}
