using Fptrace.Linux.Imports;
using static Fptrace.Linux.Headers.asm;

namespace Fptrace.Linux.Processes;

/// <summary>Sets whether a signal is ignored.</summary>
/// <remarks>
/// It uses the bare rt_sigaction(2), because the C library refuses the two signals that it uses itself.
/// </remarks>
internal static unsafe class Disposition
{
    private const nint SIG_DFL = 0;
    private const nint SIG_IGN = 1;

    public static void Ignore(int signal) => Set(signal, SIG_IGN);

    /// <summary>Gives a signal back the action that it has by default.</summary>
    public static void Reset(int signal) => Set(signal, SIG_DFL);

    private static void Set(int signal, nint handler)
    {
        // The kernel's struct sigaction: handler, flags, restorer, mask.
        nint* action = stackalloc nint[] { handler, 0, 0, 0 };
        libc.syscall(SYS_rt_sigaction, signal, (nint)action, 0, 8, 0);
    }
}
