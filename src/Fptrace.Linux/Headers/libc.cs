using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>Calls of the C library that Tmds.LibC does not have.</summary>
internal static unsafe partial class libc
{
    public const int __WALL = 0x40000000;
    public const int WNOHANG = 1;
    public const int PR_SET_DUMPABLE = 4;
    public const int PR_GET_SECCOMP = 21;
    public const int PR_SET_SECCOMP = 22;
    public const int PR_SET_NO_NEW_PRIVS = 38;
    public const int PR_GET_NO_NEW_PRIVS = 39;
    public const int KCMP_FILE = 0;
    public const int KCMP_FILES = 2;
    public const int KCMP_FS = 3;
    public const int RLIMIT_DATA = 2;
    public const int RLIMIT_STACK = 3;
    public const int RLIMIT_NPROC = 6;
    public const int RLIMIT_NOFILE = 7;
    public const int RLIMIT_AS = 9;
    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int wait4(int pid, int* status, int options, rusage* usage);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint process_vm_readv(int pid, iovec* local, nuint localCount, iovec* remote, nuint remoteCount, nuint flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint process_vm_writev(int pid, iovec* local, nuint localCount, iovec* remote, nuint remoteCount, nuint flags);

    [LibraryImport("libc")]
    public static partial int flock(int fd, int operation);

    [LibraryImport("libc")]
    public static partial int sched_getcpu();

    [LibraryImport("libc")]
    public static partial int sched_getaffinity(int pid, nuint size, byte* mask);

    [LibraryImport("libc")]
    public static partial int sched_setaffinity(int pid, nuint size, byte* mask);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int prctl(int option, nint arg2, nint arg3, nint arg4, nint arg5);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ioctl(int fd, nuint request, void* argument);

    [LibraryImport("libc")]
    public static partial nint getxattr(byte* path, byte* name, byte* value, nuint size);

    [LibraryImport("libc")]
    public static partial int statfs(byte* path, void* result);

    /// <summary>All of the kernel's calls that have no wrapper: seccomp, kcmp, pidfd_getfd.</summary>
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint syscall(nint number, nint a, nint b, nint c, nint d, nint e);

    [LibraryImport("libc")]
    public static partial nint signal(int signal, nint handler);

    [LibraryImport("libc")]
    public static partial int siginterrupt(int signal, int flag);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int execve(byte* path, byte** argv, byte** envp);

    [LibraryImport("libc")]
    public static partial void _exit(int status);

    /// <returns>0, or an errno value: this one call does not use errno.</returns>
    [LibraryImport("libc")]
    public static partial int posix_spawn(int* pid, byte* path, void* fileActions, void* attributes, byte** argv, byte** envp);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setrlimit(int resource, ulong* limits);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getrlimit(int resource, ulong* limits);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recvmsg(int fd, msghdr* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int dup2(int from, int to);

    [LibraryImport("libc", SetLastError = true)]
    public static partial long lseek(int fd, long offset, int whence);

    [LibraryImport("libc")]
    public static partial int isatty(int fd);

    [LibraryImport("libc")]
    public static partial int setsid();

    [LibraryImport("libc")]
    public static partial int getpgid(int pid);

    [LibraryImport("libc")]
    public static partial int getsid(int pid);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int rename(byte* from, byte* to);

    [LibraryImport("libc", SetLastError = true)]
    public static partial byte* getcwd(byte* target, nuint size);
}
