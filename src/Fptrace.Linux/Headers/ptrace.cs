using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>linux/ptrace.h and the ptrace(2) calls. The thread that seized a tracee is the only one that may call
/// these.</summary>
internal static unsafe partial class ptrace
{
    public const int PTRACE_TRACEME = 0;
    public const int PTRACE_CONT = 7;
    public const int PTRACE_ATTACH = 16;
    public const int PTRACE_DETACH = 17;
    public const int PTRACE_SYSCALL = 24;
    public const int PTRACE_GETEVENTMSG = 0x4201;
    public const int PTRACE_GETSIGINFO = 0x4202;
    public const int PTRACE_GETREGSET = 0x4204;
    public const int PTRACE_SETREGSET = 0x4205;
    public const int PTRACE_SEIZE = 0x4206;
    public const int PTRACE_INTERRUPT = 0x4207;
    public const int PTRACE_LISTEN = 0x4208;
    public const int PTRACE_GET_SYSCALL_INFO = 0x420e;

    public const int PTRACE_O_TRACESYSGOOD = 0x1;
    public const int PTRACE_O_TRACEFORK = 0x2;
    public const int PTRACE_O_TRACEVFORK = 0x4;
    public const int PTRACE_O_TRACECLONE = 0x8;
    public const int PTRACE_O_TRACEEXEC = 0x10;
    public const int PTRACE_O_TRACESECCOMP = 0x80;
    public const int PTRACE_O_EXITKILL = 0x100000;

    public const int PTRACE_PEEKDATA = 2;
    public const int PTRACE_POKEDATA = 5;

    public const int PTRACE_EVENT_FORK = 1;
    public const int PTRACE_EVENT_VFORK = 2;
    public const int PTRACE_EVENT_CLONE = 3;
    public const int PTRACE_EVENT_EXEC = 4;
    public const int PTRACE_EVENT_SECCOMP = 7;
    public const int PTRACE_EVENT_STOP = 128;

    public const int PTRACE_SYSCALL_INFO_NONE = 0;
    public const int PTRACE_SYSCALL_INFO_ENTRY = 1;
    public const int PTRACE_SYSCALL_INFO_EXIT = 2;
    public const int PTRACE_SYSCALL_INFO_SECCOMP = 3;

    /// <summary>elf.h: the general purpose registers as a register set.</summary>
    public const int NT_PRSTATUS = 1;

    /// <summary>elf.h: the number of the call at whose entry an Arm tracee stands still.</summary>
    public const int NT_ARM_SYSTEM_CALL = 0x404;

    /// <returns>−1 with errno in <see cref="Marshal.GetLastSystemError"/>; ESRCH when the tracee is gone or not
    /// stopped.</returns>
    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    public static partial nint call(nint request, nint pid, nint addr, nint data);
}
