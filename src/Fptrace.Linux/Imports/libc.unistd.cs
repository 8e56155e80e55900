using System.Runtime.InteropServices;

namespace Fptrace.Linux.Imports;

/// <summary>unistd.h.</summary>
internal static partial class libc
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(int fd, ref byte buffer, nint size);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint pread(int fd, ref byte buffer, nint size, long offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(int fd, in byte buffer, nint size);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint pwrite(int fd, in byte buffer, nint size, long offset);

    [LibraryImport("libc")]
    public static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint readlinkat(int directory, in byte path, ref byte buffer, nint size);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int symlinkat(in byte target, int directory, in byte path);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int linkat(int fromDirectory, in byte from, int toDirectory, in byte to, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int unlinkat(int directory, in byte path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchown(int fd, uint user, uint group);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchownat(int directory, in byte path, uint user, uint group, int flags);

    [LibraryImport("libc")]
    public static partial uint geteuid();

    [LibraryImport("libc")]
    public static partial uint getegid();

    [LibraryImport("libc")]
    public static partial nint copy_file_range(int from, nint fromOffset, int to, nint toOffset, nint size, uint flags);

    public const int SYS_pidfd_send_signal = 424;
    public const int SYS_pidfd_open = 434;

    /// <summary>For calls of the kernel that have no function.</summary>
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint syscall(nint number, nint a, nint b, nint c, nint d, nint e);
}
