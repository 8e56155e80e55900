using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>siginfo_t (signal.h) of a signal that a process or the kernel sent.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct siginfo_t
{
    /// <summary>si_code of what the kernel itself sends, as for a key of the terminal.</summary>
    public const int SI_KERNEL = 0x80;

    [FieldOffset(0)]
    public int si_signo;

    [FieldOffset(4)]
    public int si_errno;

    [FieldOffset(8)]
    public int si_code;

    /// <summary>The sender as the receiver's namespace knows it; 0 for one outside of it.</summary>
    [FieldOffset(16)]
    public int si_pid;
}
