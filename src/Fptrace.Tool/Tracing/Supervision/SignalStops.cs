using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Signals that are about to be delivered, and job control. The ptrace thread's alone.</summary>
/// <param name="root">The command's first process.</param>
/// <param name="engine">By what calls are stopped.</param>
/// <param name="traps">Which calls are.</param>
/// <param name="tracees">All of them.</param>
/// <param name="handler">Of the ptrace thread.</param>
/// <param name="waits">What is interrupted in vain.</param>
/// <param name="supervisor">Told when the command stops and goes on.</param>
/// <param name="terminal">Told when it stops; null when nobody watches.</param>
internal sealed class SignalStops(
    int root,
    EngineKind engine,
    TrapTable traps,
    TraceeTable tracees,
    SyscallHandler handler,
    ResumedWaits waits,
    Supervisor supervisor,
    TerminalWatch? terminal)
{
    /// <summary>The signals that reached the first process.</summary>
    public SignalLog RootSignals { get; } = new();

    /// <summary>A signal is about to be delivered.</summary>
    public void Signalled(scoped in Stop stop, Tracee tracee)
    {
        int number = stop.Status.StopSignal;
        Interrupted(stop, tracee, number);
        if (number is not (signal.SIGHUP or signal.SIGINT or signal.SIGQUIT or signal.SIGTERM or signal.SIGTSTP))
        {
            return;
        }

        if (stop.SignalInfo() is not { } info)
        {
            // It was killed meanwhile. If not, and this ends it, it may have come from anywhere.
            tracee.Job.SignalFromOutside = number;
            return;
        }

        // What we sent ourselves answers no other one.
        if (tracee.Tgid == root && info.si_pid != Environment.ProcessId)
        {
            RootSignals.Add(number);
        }

        // The command's own signals among its processes are its business; from elsewhere they cut it short.
        tracee.Job.SignalFromOutside = IsFromOutside(tracee.Tid, info) ? number : 0;
    }

    /// <summary>A job that stops stays stopped until SIGCONT.</summary>
    public void JobStopped(scoped in Stop stop, Tracee tracee)
    {
        RequestOutcome listens = stop.Listen();

        // A wait ends with EINTR when its job goes on, also untraced (signal(7)).
        tracee.Call.EndWait();
        tracee.Job.Stop();
        if (tracee.Tid == root)
        {
            terminal?.Stopped();
            supervisor.CommandStopped();
        }

        // Last: once it counts as stopped, a SIGCONT of a proxy that runs is one for it.
        if (listens == RequestOutcome.Done)
        {
            tracee.Job.Listen();
        }
    }

    /// <summary>It stood still for no signal: its job goes on, or we have interrupted it.</summary>
    public void WentOn(Tracee tracee)
    {
        if (tracee.Tid == root)
        {
            RootSignals.Refresh(signal.SIGTSTP);
            supervisor.CommandContinued();
        }
    }

    /// <summary>What becomes of the call that a signal interrupted is what would become of it untraced.</summary>
    private void Interrupted(scoped in Stop stop, Tracee tracee, int number)
    {
        bool wasMade = tracee.Call.TakeInterruption();
        if (!stop.TryGetInterruptedCall(out seccomp_data data, out Restart restart))
        {
            tracee.Call.EndWait();
        }
        else if (restart is Restart.Never or Restart.UnlessCaught)
        {
            waits.Interrupted(stop, tracee, data, restart, isSeen: engine == EngineKind.Syscall);
        }
        else if (engine == EngineKind.Notify && !wasMade)
        {
            // SIGTTIN and SIGTTOU are what a job in the background gets from its own read or write.
            if (restart == Restart.IfAsked
                && number is not (signal.SIGTTIN or signal.SIGTTOU)
                && IsNotified(data, out SyscallEntry call)
                && !handler.MayHaveWaited(stop, tracee, call))
            {
                // Nobody had read its notification when the signal came. It would end with EINTR if the handler was set
                // without SA_RESTART, and programs do not expect that of an open or a dup2: as if the signal had come
                // just before it.
                stop.SetRestart(Restart.Always);
            }
            else if (restart == Restart.Always && tracee.Call.Retry == Retry.Expected && IsNotified(data, out call)
                && handler.MayHaveWaited(stop, tracee, call))
            {
                // It is being made again, under ptrace. To the program it waits already, and nobody may come later to
                // wake it.
                stop.SetRestart(Restart.IfAsked);
                if (ProcessStatus.Of(tracee.Tid).Catches(number))
                {
                    tracee.Call.ForgetRetry();
                }
            }
        }
    }

    private bool IsNotified(in seccomp_data data, out SyscallEntry call) =>
        SyscallEntry.TryCreate(data, out call) && traps.Decide(call) == TrapAction.Notify;

    private bool IsFromOutside(int tid, in siginfo_t info)
    {
        if (info.si_code == siginfo_t.SI_KERNEL)
        {
            // A terminal: ours, or one that the command made for a session of its own.
            return Jobs.SessionOf(tid) == Jobs.SessionOf(0);
        }

        // After the command's end we end what it left behind, and that is told as such.
        return info.si_pid == Environment.ProcessId
            ? !supervisor.HasEnded
            : info.si_pid == 0 || (!tracees.HasKnown(info.si_pid) && OwnNumbers.AreKnownTo(tid));
    }
}
