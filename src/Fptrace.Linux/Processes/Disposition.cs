using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using static Fptrace.Linux.Headers.asm;

namespace Fptrace.Linux.Processes;

/// <summary>Sets whether a signal is ignored.</summary>
/// <remarks>
/// It uses the bare rt_sigaction(2), because the C library refuses the two signals that it uses itself.
/// </remarks>
internal static unsafe class Disposition
{
    public static void Set(int signal, bool ignored)
    {
        // The kernel's struct sigaction: handler (SIG_DFL 0, SIG_IGN 1), flags, restorer, mask.
        nint* action = stackalloc nint[] { ignored ? 1 : 0, 0, 0, 0 };
        libc.syscall(SYS_rt_sigaction, signal, (nint)action, 0, 8, 0);
    }
}
