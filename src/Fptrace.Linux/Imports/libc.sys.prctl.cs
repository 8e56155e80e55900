using System.Runtime.InteropServices;

namespace Fptrace.Linux.Imports;

/// <summary>sys/prctl.h.</summary>
internal static partial class libc
{
    public const int PR_SET_DUMPABLE = 4;
    public const int PR_GET_SECCOMP = 21;
    public const int PR_SET_SECCOMP = 22;
    public const int PR_SET_NO_NEW_PRIVS = 38;
    public const int PR_GET_NO_NEW_PRIVS = 39;
    public const int PR_SET_SYSCALL_USER_DISPATCH = 59;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int prctl(int option, nint arg2, nint arg3, nint arg4, nint arg5);
}
