using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;

namespace Fptrace.Tracing.Proc;

/// <summary>Makes a <see cref="FileStamp"/> of what statx(2) says.</summary>
internal static class FileStamps
{
    /// <param name="path">Ends with a NUL.</param>
    /// <param name="follow">Whether a symbolic link at the end is followed.</param>
    /// <param name="stamp">default when the path does not exist or cannot be reached.</param>
    /// <returns>0, or −errno.</returns>
    public static int Of(ReadOnlySpan<byte> path, FinalLink follow, out FileStamp stamp) =>
        Of(fcntl.AT_FDCWD, path, follow == FinalLink.Follow ? 0 : fcntl.AT_SYMLINK_NOFOLLOW, out stamp);

    /// <param name="directory">The directory that a relative path starts from, or AT_FDCWD.</param>
    /// <param name="path">Ends with a NUL; empty with AT_EMPTY_PATH.</param>
    /// <param name="flags">AT_ flags of statx(2).</param>
    /// <param name="stamp">default when the path does not exist or cannot be reached.</param>
    public static int Of(int directory, ReadOnlySpan<byte> path, int flags, out FileStamp stamp)
    {
        int result = Files.Stat(directory, path, flags, out statx found);
        stamp = result < 0 ? default : new FileStamp(
            FileStamp.TypeOf(found.stx_mode),
            found.stx_mode & 0xfffu,
            (long)found.stx_size,
            FilesAt.Nanoseconds(found.stx_mtime),
            found.stx_ino,
            ((ulong)found.stx_dev_major << 32) | found.stx_dev_minor,
            FilesAt.Nanoseconds(found.stx_ctime),
            found.stx_nlink);
        return result;
    }
}
