using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Imports;

/// <summary>sys/stat.h. Paths end with a NUL.</summary>
internal static unsafe partial class libc
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial int statx(int directory, in byte path, int flags, uint mask, ref statx buffer);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mkdirat(int directory, in byte path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchmod(int fd, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchmodat(int directory, in byte path, uint mode, int flags);

    /// <param name="directory">As that of openat.</param>
    /// <param name="path">Ends with a NUL.</param>
    /// <param name="times">Of access and of change; null: the present.</param>
    /// <param name="flags">AT_SYMLINK_NOFOLLOW, or 0.</param>
    [LibraryImport("libc", SetLastError = true)]
    public static partial int utimensat(int directory, byte* path, timespec* times, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int futimens(int fd, timespec* times);
}
