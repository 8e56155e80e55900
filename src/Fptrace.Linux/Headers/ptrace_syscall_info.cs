using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>struct ptrace_syscall_info (linux/ptrace.h, Linux 5.3): one layout for every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 88)]
internal struct ptrace_syscall_info
{
    [FieldOffset(0)]
    public byte op;

    [FieldOffset(4)]
    public uint arch;

    [FieldOffset(8)]
    public ulong instruction_pointer;

    [FieldOffset(16)]
    public ulong stack_pointer;

    // entry and seccomp
    [FieldOffset(24)]
    public ulong nr;

    [FieldOffset(32)]
    public SyscallArguments args;

    // seccomp: SECCOMP_RET_DATA of the filter whose SECCOMP_RET_TRACE it is.
    [FieldOffset(80)]
    public uint ret_data;

    // exit
    [FieldOffset(24)]
    public long rval;

    [FieldOffset(32)]
    public byte is_error;
}
