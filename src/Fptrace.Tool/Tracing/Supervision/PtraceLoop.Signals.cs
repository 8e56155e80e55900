using Fptrace.Interop;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Signals and job control.</summary>
internal sealed partial class PtraceLoop
{
    /// <summary>A signal is about to be delivered.</summary>
    private void Signalled(Tracee tracee, int number)
    {
        if (_engine == EngineKind.Notify)
        {
            MakeUnheardCallAgain(tracee, number);
        }

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

    /// <summary>
    /// A call whose notification nobody had read when the signal came would end with EINTR if the handler was set without SA_RESTART, and
    /// programs do not expect that of an open or a dup2: it is made again behind the handler, as if the signal had come just before it.
    /// </summary>
    private void MakeUnheardCallAgain(Tracee tracee, int number)
    {
        bool wasMade = tracee.IsInterrupted;
        tracee.IsInterrupted = false;
        var ptracer = new Ptracer(tracee.Tid);

        // The last two are what a job in the background gets from its own read or write.
        if (!wasMade
            && number is not (signal.SIGTTIN or signal.SIGTTOU)
            && ptracer.TryGetInterruptedCall(out seccomp_data data)
            && SyscallEntry.TryCreate(data, out SyscallEntry call)
            && _traps.Decide(call) == TrapAction.Notify
            && !_handler.MayHaveWaited(tracee, call))
        {
            ptracer.MakeCallAgain();
        }
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
            _plan.Terminal?.Stopped();
            _supervisor.CommandStopped();
        }

        // Last: once it counts as stopped, a SIGCONT of a front that runs is one for it.
        tracee.IsJobStopped = stopped;
    }
}
