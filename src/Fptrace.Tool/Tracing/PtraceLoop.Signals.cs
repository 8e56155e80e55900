using Fptrace.Interop;

namespace Fptrace.Tracing;

/// <summary>Signals and job control.</summary>
internal sealed partial class PtraceLoop
{
    /// <summary>A signal is about to be delivered.</summary>
    private void Signalled(Tracee tracee, int number)
    {
        if (number is not (signal.SIGHUP or signal.SIGINT or signal.SIGQUIT or signal.SIGTERM or signal.SIGTSTP))
        {
            return;
        }

        if (!new Ptracer(tracee.Tid).TryGetSignal(out siginfo_t info))
        {
            // It was killed meanwhile. If not, and this ends it, it may have come from anywhere.
            tracee.SignalFromOutside = number;
            return;
        }

        // What we sent ourselves answers no other one.
        if (tracee.Tgid == _root && info.si_pid != Environment.ProcessId)
        {
            RootSignals.Add(number);
        }

        // The command's own signals among its processes are its business; from elsewhere they cut it short.
        tracee.SignalFromOutside = IsFromOutside(tracee.Tid, info) ? number : 0;
    }

    private bool IsFromOutside(int tid, in siginfo_t info)
    {
        if (info.si_code == siginfo_t.SI_KERNEL)
        {
            // A terminal: ours, or one that the command made for a session of its own.
            return libc.getsid(tid) == libc.getsid(0);
        }

        // After the command's end we end what it left behind, and that is told as such.
        return info.si_pid == Environment.ProcessId
            ? !_supervisor.HasEnded
            : info.si_pid == 0 || (!_tracees.HasKnown(info.si_pid) && IsInOurPidNamespace(tid));
    }

    // In another one the number of the sender means another process.
    private static bool IsInOurPidNamespace(int tid)
    {
        Span<byte> its = stackalloc byte[64];
        Span<byte> ours = stackalloc byte[64];
        int length = Files.ReadLink(ProcPath.Of(tid, "ns/pid"u8), its);
        int ourLength = Files.ReadLink("/proc/self/ns/pid\0"u8, ours);
        return length > 0 && ourLength > 0 && its[..length].SequenceEqual(ours[..ourLength]);
    }

    /// <summary>A job that stops stays stopped until SIGCONT.</summary>
    private void GroupStopped(Tracee tracee)
    {
        bool stopped = new Ptracer(tracee.Tid).Listen();
        if (tracee.Tid == _root)
        {
            _supervisor.CommandStopped();
        }

        // Last: once it counts as stopped, a SIGCONT of a front that runs is one for it.
        tracee.IsJobStopped = stopped;
    }
}
