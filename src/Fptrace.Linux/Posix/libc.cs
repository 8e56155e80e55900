using System.Runtime.InteropServices;

namespace Fptrace.Linux.Posix;

/// <summary>Calls of the C library on paths in bytes. Every path ends with a NUL.</summary>
/// <remarks>DllImport with references to blittable values: generated marshalling would need unsafe code, which Core does without.</remarks>
internal static class libc
{
    public const int AT_FDCWD = -100;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_EMPTY_PATH = 0x1000;
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;
    public const int O_PATH = 0x200000;
    public const ulong STATX_ATTR_IMMUTABLE = 0x10;
    public const ulong STATX_ATTR_APPEND = 0x20;
    public const ulong AT_HWCAP = 16;
    public const ulong AT_HWCAP2 = 26;
    public const uint STATX_BASIC_STATS = 0x7ff;
    public const ulong RESOLVE_NO_SYMLINKS = 0x4;

    /// <summary>The number of openat2(2), the same on every architecture; the C library has no function of that name.</summary>
    public const long SYS_openat2 = 437;

    public const int MADV_HUGEPAGE = 14;

    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int EACCES = 13;
    public const int EEXIST = 17;
    public const int ENOTDIR = 20;
    public const int EINVAL = 22;
    public const int ERANGE = 34;
    public const int ENAMETOOLONG = 36;
    public const int ENOSYS = 38;
    public const int ELOOP = 40;
    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;
    public const byte DT_UNKNOWN = 0;

    /// <summary>Its value is the architecture's.</summary>
    public static int O_NOFOLLOW { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 0x20000 : 0x8000;

    /// <summary>Its value is the architecture's.</summary>
    public static int O_DIRECTORY { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 0x10000 : 0x4000;

    /// <summary>It holds O_DIRECTORY.</summary>
    public static int O_TMPFILE { get; } = 0x400000 | O_DIRECTORY;

    /// <summary>The number of getdents64(2), which musl has no function of that name for.</summary>
    public static long SYS_getdents64 { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 217 : 61;

    /// <summary>The basic fields, wherever they come from.</summary>
    public static int Stat(int directory, ref readonly byte path, int flags, ref statx buffer)
    {
        int result = statx(directory, in path, flags, STATX_BASIC_STATS, ref buffer);
        return result != 0 && StatWithoutStatx.IsFor(Marshal.GetLastPInvokeError()) ? StatWithoutStatx.Of(directory, in path, flags, ref buffer) : result;
    }

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static extern long newfstatat(long number, long directory, ref readonly byte path, ref byte buffer, long flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int statx(int directory, ref readonly byte path, int flags, uint mask, ref statx buffer);

    [DllImport("libc", SetLastError = true)]
    public static extern int openat(int directory, ref readonly byte path, int flags, uint mode);

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static extern long openat2(long number, long directory, ref readonly byte path, ref readonly open_how how, long size);

    [DllImport("libc", SetLastError = true)]
    public static extern nint readlinkat(int directory, ref readonly byte path, ref byte buffer, nint size);

    [DllImport("libc", SetLastError = true)]
    public static extern nint read(int fd, ref byte buffer, nint size);

    [DllImport("libc", SetLastError = true)]
    public static extern nint pread(int fd, ref byte buffer, nint size, long offset);

    [DllImport("libc")]
    public static extern int madvise(nint address, nint length, int advice);

    [DllImport("libc", SetLastError = true)]
    public static extern nint pwrite(int fd, ref readonly byte buffer, nint size, long offset);

    [DllImport("libc")]
    public static extern uint geteuid();

    [DllImport("libc")]
    public static extern uint getegid();

    [DllImport("libc")]
    public static extern int uname(ref byte names);

    [DllImport("libc")]
    public static extern ulong getauxval(ulong type);

    [DllImport("libc", SetLastError = true)]
    public static extern nint llistxattr(ref readonly byte path, ref byte list, nint size);

    [DllImport("libc", SetLastError = true)]
    public static extern nint lgetxattr(ref readonly byte path, ref readonly byte name, ref byte value, nint size);

    [DllImport("libc", SetLastError = true)]
    public static extern long syscall(long number, long fd, ref byte buffer, long size);

    [DllImport("libc", SetLastError = true)]
    public static extern nint write(int fd, ref readonly byte buffer, nint size);

    [DllImport("libc", SetLastError = true)]
    public static extern int unlinkat(int directory, ref readonly byte path, int flags);

    [DllImport("libc", SetLastError = true)]
    public static extern int mkdirat(int directory, ref readonly byte path, uint mode);

    [DllImport("libc", SetLastError = true)]
    public static extern int flock(int fd, int operation);

    [DllImport("libc", SetLastError = true)]
    public static extern int fchmod(int fd, uint mode);

    [DllImport("libc", SetLastError = true)]
    public static extern int fchown(int fd, uint user, uint group);

    // Without times both become the present one.
    [DllImport("libc", SetLastError = true)]
    public static extern int utimensat(int directory, ref readonly byte path, nint times, int flags);

    [DllImport("libc")]
    public static extern int close(int fd);

    [DllImport("libc", SetLastError = true)]
    public static extern int rename(ref readonly byte from, ref readonly byte to);

    [DllImport("libc", SetLastError = true)]
    public static extern int link(ref readonly byte from, ref readonly byte to);

    [DllImport("libc", SetLastError = true)]
    public static extern nint getrandom(ref byte buffer, nint size, uint flags);

    [DllImport("libc")]
    public static extern int getpwuid_r(uint user, ref passwd entry, nint buffer, nint size, out nint result);
}
