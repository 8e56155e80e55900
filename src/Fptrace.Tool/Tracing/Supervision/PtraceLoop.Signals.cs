using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Names;
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
        Interrupted(tracee, number);
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

    /// <summary>What becomes of the call that a signal interrupted is what would become of it untraced.</summary>
    private void Interrupted(Tracee tracee, int number)
    {
        bool wasMade = tracee.IsInterrupted;
        tracee.IsInterrupted = false;
        var ptracer = new Ptracer(tracee.Tid);
        if (!ptracer.TryGetInterruptedCall(out seccomp_data data, out Restart restart))
        {
            tracee.Wait = null;
        }
        else if (restart is Restart.Never or Restart.UnlessCaught)
        {
            _waits.Interrupted(tracee, number, data, restart, isSeen: _engine == EngineKind.Syscall);
        }
        else if (_engine == EngineKind.Notify && !wasMade)
        {
            // SIGTTIN and SIGTTOU are what a job in the background gets from its own read or write.
            if (restart == Restart.IfAsked
                && number is not (signal.SIGTTIN or signal.SIGTTOU)
                && IsNotified(data, out SyscallEntry call)
                && !_handler.MayHaveWaited(tracee, call))
            {
                // Nobody had read its notification when the signal came. It would end with EINTR if the handler was set without
                // SA_RESTART, and programs do not expect that of an open or a dup2: as if the signal had come just before it.
                ptracer.SetRestart(Restart.Always);
            }
            else if (restart == Restart.Always && tracee.Retrial == Retrial.Expected && IsNotified(data, out call) && _handler.MayHaveWaited(tracee, call))
            {
                // It is being made again, under ptrace. To the program it waits already, and nobody may come later to wake it.
                ptracer.SetRestart(Restart.IfAsked);
                if (ProcessStatus.Of(tracee.Tid).Catches(number))
                {
                    tracee.Retrial = Retrial.None;
                }
            }
        }
    }

    private bool IsNotified(in seccomp_data data, out SyscallEntry call) => SyscallEntry.TryCreate(data, out call) && _traps.Decide(call) == TrapAction.Notify;

    private bool IsFromOutside(int tid, in siginfo_t info)
    {
        if (info.si_code == siginfo_t.SI_KERNEL)
        {
            // A terminal: ours, or one that the command made for a session of its own.
            return Jobs.SessionOf(tid) == Jobs.SessionOf(0);
        }

        // After the command's end we end what it left behind, and that is told as such.
        return info.si_pid == Environment.ProcessId
            ? !_supervisor.HasEnded
            : info.si_pid == 0 || (!_tracees.HasKnown(info.si_pid) && OwnNumbers.AreKnownTo(tid));
    }

    /// <summary>A job that stops stays stopped until SIGCONT.</summary>
    private void GroupStopped(Tracee tracee)
    {
        bool stopped = new Ptracer(tracee.Tid).Listen();

        // A wait ends with EINTR when its job goes on, also untraced (signal(7)).
        tracee.Wait = null;
        tracee.WasJobStopped = true;
        if (tracee.Tid == _root)
        {
            _plan.Terminal?.Stopped();
            _supervisor.CommandStopped();
        }

        // Last: once it counts as stopped, a SIGCONT of a front that runs is one for it.
        tracee.IsJobStopped = stopped;
    }
}
