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

/// <summary>Handles the delivery of signals, and job control. Only the ptrace thread uses it.</summary>
/// <param name="root">The number of the command's first process.</param>
/// <param name="engine">How calls are stopped.</param>
/// <param name="traps">Which calls are stopped.</param>
/// <param name="tracees">The table of tracees.</param>
/// <param name="handler">The handler of the ptrace thread.</param>
/// <param name="waits">Lets a call go on that waits when a signal without effect has interrupted it.</param>
/// <param name="away">Takes the looks that a file system may keep waiting.</param>
/// <param name="supervisor">Told when the command stops and goes on.</param>
/// <param name="terminal">Told when the command stops; null when the terminal is not watched.</param>
internal sealed class SignalStops(
    int root,
    EngineKind engine,
    TrapTable traps,
    TraceeTable tracees,
    SyscallHandler handler,
    ResumedWaits waits,
    AwayCalls away,
    Supervisor supervisor,
    TerminalWatch? terminal)
{
    /// <summary>The signals that reached the command's first process.</summary>
    public SignalLog RootSignals { get; } = new();

    /// <summary>Called before a signal is delivered.</summary>
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
            // The thread was killed meanwhile. If this signal did it, assume that it came from outside.
            tracee.Job.SignalFromOutside = number;
            return;
        }

        // A signal that the tool has sent is no counterpart of one that the tool got.
        if (tracee.Tgid == root && info.si_pid != Environment.ProcessId)
        {
            RootSignals.Add(number);
        }

        // Signals that processes of the command send each other are part of its work. One from outside may cut it
        // short.
        tracee.Job.SignalFromOutside = IsFromOutside(tracee.Tid, info) ? number : 0;
    }

    /// <summary>Called when a thread stops with its job. It then stands still until SIGCONT (PTRACE_LISTEN).</summary>
    public void JobStopped(scoped in Stop stop, Tracee tracee)
    {
        RequestOutcome listens = stop.Listen();

        // Untraced, too, such a call ends with EINTR when its job goes on (signal(7)).
        tracee.Call.EndWait();
        tracee.Job.Stop();
        if (tracee.Tid == root)
        {
            terminal?.Stopped();
            supervisor.CommandStopped();
        }

        // This comes last: from here on SignalForwarder passes the SIGCONT of a running proxy to the command.
        if (listens == RequestOutcome.Done)
        {
            tracee.Job.Listen();
        }
    }

    /// <summary>Called at a stop without a signal: the job goes on, or the tracer has interrupted the thread.</summary>
    public void WentOn(Tracee tracee)
    {
        if (tracee.Tid == root)
        {
            RootSignals.Refresh(signal.SIGTSTP);
            supervisor.CommandContinued();
        }
    }

    /// <summary>Makes the kernel treat a call that the signal interrupted as it would treat it untraced.</summary>
    private void Interrupted(scoped in Stop stop, Tracee tracee, int number)
    {
        bool wasMade = tracee.Call.TakeInterruption();
        if (!InterruptedCall.TryRead(stop, tracee.Call.Entered, out InterruptedCall interrupted))
        {
            tracee.Call.EndWait();
        }
        else if (interrupted.Restart is Restart.Never or Restart.UnlessCaught
            || (interrupted.Restart == Restart.Untold && tracee.Call.Wait is { IsExpected: true }))
        {
            waits.Interrupted(interrupted, tracee, number);
        }
        else if (engine.Notifies() && !wasMade && interrupted.Restart != Restart.Always
            && IsNotified(interrupted.Data, out SyscallEntry call))
        {
            // A background job gets SIGTTIN and SIGTTOU because of its own read or write.
            if (number is not (signal.SIGTTIN or signal.SIGTTOU) && handler.MayWait(stop, tracee, call))
            {
                LookAway(stop, tracee, call, number);
                return;
            }

            Notified(interrupted, tracee, number,
                number is signal.SIGTTIN or signal.SIGTTOU || handler.MayHaveWaited(stop, tracee, call));
        }
    }

    /// <summary>
    /// Called when a signal came before anybody had read the notification of the call. With a handler that was set
    /// without SA_RESTART the call would fail with EINTR, and no program expects that of an open or a dup2.
    /// </summary>
    private static void Notified(scoped in InterruptedCall interrupted, Tracee tracee, int number, bool mayHaveWaited)
    {
        if (!mayHaveWaited)
        {
            // Make the call again, as if the signal had come just before it.
            interrupted.MakeAgainInAnyCase();
        }
        else if (tracee.Call.Retry == Retry.Expected && ProcessStatus.Of(tracee.Tid).Catches(number))
        {
            // The call was about to be made again, under ptrace. Now it may end with EINTR.
            tracee.Call.ForgetRetry();
        }
    }

    /// <summary>
    /// Lets an away thread find out whether the call may have waited. Until a file system answers, the call would not
    /// end untraced either. A signal without a handler is delivered at once, since it ends the thread or nothing.
    /// </summary>
    private void LookAway(scoped in Stop stop, Tracee tracee, in SyscallEntry call, int number)
    {
        if (!ProcessStatus.Of(tracee.Tid).Catches(number))
        {
            return;
        }

        SyscallEntry kept = call;
        bool mayHaveWaited = true;
        away.Begin(new AwayCall(
            tracee,
            stop.Told,
            other => mayHaveWaited = other.MayHaveWaitedAway(tracee, kept),
            (scoped in stop) =>
            {
                if (InterruptedCall.TryRead(stop, tracee.Call.Entered, out InterruptedCall interrupted))
                {
                    Notified(interrupted, tracee, number, mayHaveWaited);
                }
            }));
    }

    private bool IsNotified(in seccomp_data data, out SyscallEntry call) =>
        SyscallEntry.TryCreate(data, out call) && traps.Decide(call) == TrapAction.Notify;

    private bool IsFromOutside(int tid, in siginfo_t info)
    {
        if (info.si_code == siginfo_t.SI_KERNEL)
        {
            // The signal came from a terminal: the user's, or one that the command has made for a session of its own.
            return Jobs.SessionOf(tid) == Jobs.SessionOf(0);
        }

        // After the command's end the tool ends its survivors, and the verdict reports that by itself.
        return info.si_pid == Environment.ProcessId
            ? !supervisor.HasEnded
            : info.si_pid == 0 || (!tracees.HasKnown(info.si_pid) && OwnNumbers.AreKnownTo(tid));
    }
}
