using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Ptracing;

/// <summary>The ptrace(2) requests that need no stop. Only the thread that seizes may use them.</summary>
internal static class RunningThread
{
    /// <summary>Attaches to a thread without stopping it.</summary>
    /// <param name="tid">The thread.</param>
    /// <param name="options">PTRACE_O_ flags.</param>
    /// <returns>0, or −errno.</returns>
    public static int Seize(int tid, int options) =>
        ptrace.call(ptrace.PTRACE_SEIZE, tid, 0, options) == 0 ? 0 : -Marshal.GetLastSystemError();

    /// <summary>Makes a thread stop before it returns to its program.</summary>
    public static RequestOutcome Interrupt(int tid)
    {
        if (ptrace.call(ptrace.PTRACE_INTERRUPT, tid, 0, 0) == 0)
        {
            return RequestOutcome.Done;
        }

        return Marshal.GetLastSystemError() == errno.ESRCH ? RequestOutcome.Vanished : RequestOutcome.Denied;
    }
}
