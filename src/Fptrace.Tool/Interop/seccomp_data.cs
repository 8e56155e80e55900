using System.Runtime.InteropServices;

namespace Fptrace.Interop;

/// <summary>struct seccomp_data: what a filter sees of a system call.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct seccomp_data
{
    public int nr;
    public uint arch;
    public ulong instruction_pointer;
    public fixed ulong args[6];
}
