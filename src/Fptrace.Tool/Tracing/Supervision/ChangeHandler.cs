using System.Diagnostics.CodeAnalysis;
using Fptrace.Linux;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Scheduling;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Hands each change that wait4 told to the class that handles its kind, then resumes the tracee.</summary>
/// <remarks>
/// Runs on the ptrace thread. SIGKILL can strike between any two ptrace requests. A tracee that has vanished is not
/// resumed; wait4 tells of its end.
/// </remarks>
internal sealed class ChangeHandler(
    EngineKind engine,
    Recorder recorder,
    TraceeTable tracees,
    ProcessorAffinity affinity,
    AwayCalls away,
    Births births,
    ProgramStarts starts,
    Ends ends,
    SyscallStops calls,
    SignalStops signals,
    ReleasedProcesses released,
    Supervisor supervisor)
{
    private readonly FastArming? _fast =
        recorder.Plan.Fast is { } fast ? new FastArming(fast, recorder, tracees) : null;

    [SuppressMessage("Design", "CA1031",
        Justification = "A fault of ours must not take the command down: the tracee goes on and the trace says so.")]
    public void Changed(in ThreadChange change)
    {
        try
        {
            if (released.Takes(change, out ExecutionState? last))
            {
                Released(change, last);
            }
            else if (tracees.Find(change.Tid) is not { } tracee)
            {
                births.Unannounced(change);
            }
            else if (away.Find(tracee) is { } call)
            {
                call.Later.Add(change);
                if (!change.IsStop)
                {
                    // The kernel may give its number to another thread.
                    tracees.Remove(tracee);
                }
            }
            else if (change.IsStop)
            {
                Stopped(new Stop(change), tracee);
            }
            else
            {
                Ended(tracee, change);
            }
        }
        catch (Exception e) when (IsOurs(e))
        {
            GoOn(e, change, tracees.Find(change.Tid));
        }
    }

    private void Ended(Tracee tracee, in ThreadChange end)
    {
        ends.Ended(tracee, end);
        if (tracee.Group.Count == 0)
        {
            _fast?.Ended(tracee);
        }
    }

    // wait4 tells of the command's first process as of any child, once it is not traced any more.
    private void Released(in ThreadChange change, ExecutionState? last)
    {
        if (last is not null)
        {
            ends.RootEnded(last, change);
        }
        else
        {
            supervisor.CommandStopped();
        }
    }

    private static bool IsOurs(Exception e) =>
        e is not (FptraceException or KernelDenialException or OutOfMemoryException);

    private void GoOn(Exception e, in ThreadChange change, Tracee? tracee)
    {
        recorder.AddReason(IncompleteReason.Internal, change.Tid, e.GetType().Name + ": " + e.Message);
        if (change.IsStop && tracee is not null)
        {
            tracee.Call.Release();
            Resume(new Stop(change), tracee, change.Status.DeliveredSignal);
        }
    }

    private void Stopped(scoped in Stop stop, Tracee tracee)
    {
        tracee.Job.GoOn();
        if (_fast?.Takes(stop, tracee) == true)
        {
            Resume(stop, tracee, signal: 0);
            return;
        }

        _fast?.Born(tracee);
        int delivered = 0;
        switch (stop.Status.Event)
        {
            case ptrace.PTRACE_EVENT_SECCOMP:
            case 0 when stop.Status.StopSignal == (signal.SIGTRAP | 0x80):
                if (calls.Stopped(stop, tracee) == RequestOutcome.Vanished)
                {
                    return;
                }

                break;
            case 0 when _fast?.TurnsBack(stop, tracee) == true:
                break;
            case 0:
                delivered = stop.Status.DeliveredSignal;
                signals.Signalled(stop, tracee);
                break;
            case ptrace.PTRACE_EVENT_FORK or ptrace.PTRACE_EVENT_VFORK or ptrace.PTRACE_EVENT_CLONE:
                bool mayBeThread = stop.Status.Event == ptrace.PTRACE_EVENT_CLONE;
                if (mayBeThread)
                {
                    _fast?.Clones(tracee);
                }

                if (births.Announced(stop, tracee, mayBeThread) is { } earlier)
                {
                    Changed(earlier);
                }

                break;
            case ptrace.PTRACE_EVENT_EXEC:
                _fast?.Ended(tracee);
                tracee = starts.Executed(stop, tracee);
                if (away.Find(tracee) is null)
                {
                    _fast?.Executed(stop, tracee);
                }

                break;
            case ptrace.PTRACE_EVENT_STOP when IsOfJob(stop.Status.StopSignal):
                signals.JobStopped(stop, tracee);
                affinity.Heard(tracee);
                return;
            default:
                signals.WentOn(tracee);
                if (tracee.Fast.IsToBeArmed && _fast is not null)
                {
                    tracee.Call.ForgetRetry();
                    _fast.Begin(stop, tracee);
                }

                break;
        }

        // What is handled away goes on when it returns.
        if (away.Find(tracee) is null)
        {
            Resume(stop, tracee, delivered);
            affinity.Heard(tracee);
        }
    }

    private static bool IsOfJob(int number) =>
        number is signal.SIGSTOP or signal.SIGTSTP or signal.SIGTTIN or signal.SIGTTOU;

    private void Resume(scoped in Stop stop, Tracee tracee, int signal)
    {
        // A tracee that has vanished was killed. wait4 will tell of its end.
        _ = engine == EngineKind.Syscall || tracee.Call.MustStopAgain || tracee.Group.HasTimedSockets
            || tracee.Fast.Arming is { StopsAtCalls: true }
            ? stop.ResumeToSyscall(signal)
            : stop.Resume(signal);
    }

    /// <summary>
    /// Called when an away thread has handled a stop or an end: does the rest, and resumes the tracee.
    /// </summary>
    public void Returned(AwayCall call)
    {
        try
        {
            if (call.Fault is { } fault)
            {
                throw fault;
            }

            // Whatever has happened to it since, it does not stand at this stop any more.
            bool isThere = call.Change.IsStop && call.Later.Count == 0;
            var stop = new Stop(isThere ? call.Change : default);
            call.Then(stop);
            if (isThere && tracees.Find(call.Tracee.Tid) == call.Tracee)
            {
                Resume(stop, call.Tracee, stop.Status.DeliveredSignal);
                affinity.Heard(call.Tracee);
            }
        }
        catch (Exception e) when (IsOurs(e))
        {
            GoOn(e, call.Change, call.Tracee);
        }

        foreach (ThreadChange change in call.Later)
        {
            if (change.IsStop)
            {
                Changed(change);
            }
            else
            {
                Ended(call.Tracee, change);
            }
        }
    }
}
