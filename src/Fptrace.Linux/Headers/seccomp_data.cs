using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>struct seccomp_data: what a filter sees of a system call.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct seccomp_data
{
    public int nr;
    public uint arch;
    public ulong instruction_pointer;
    public SyscallArguments args;
}
