using System.Diagnostics.CodeAnalysis;
using Fptrace.Linux;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Scheduling;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>
/// The one thread that owns every ptrace request: it waits for its tracees, gives each stop to whoever handles such, and lets the
/// tracee go.
/// </summary>
/// <remarks>
/// SIGKILL can strike between any two of our requests. A tracee that vanished then is not let go, and the wait tells of its end.
/// </remarks>
internal sealed class PtraceLoop
{
    private const uint FairTurn = 64;

    // Milliseconds without news after which children that are no tracees are left alone.
    private const int Patience = 200;

    // A millisecond apart.
    private const int MostDenials = 100;

    private readonly Recorder _recorder;
    private readonly TraceeTable _tracees;
    private readonly Retrials _retrials;
    private readonly Placement _placement;
    private readonly Supervisor _supervisor;
    private readonly EngineKind _engine;
    private readonly ResumedWaits _waits;
    private readonly SyscallHandler _handler;
    private readonly AwayCalls _away;
    private readonly Newborns _newborns;
    private readonly Births _births;
    private readonly ProgramStarts _starts;
    private readonly Ends _ends;
    private readonly SyscallStops _calls;
    private readonly SignalStops _signals;
    private readonly List<ThreadChange> _batch = [];
    private int _denials;

    /// <param name="root">The stub, seized and about to become the command.</param>
    public PtraceLoop(
        int root,
        EngineKind engine,
        TrapTable traps,
        Recorder recorder,
        TraceeTable tracees,
        DescriptorNames names,
        Retrials retrials,
        Placement placement,
        Supervisor supervisor)
    {
        _engine = engine;
        _supervisor = supervisor;
        _recorder = recorder;
        _tracees = tracees;
        _retrials = retrials;
        _placement = placement;
        _waits = new ResumedWaits(tracees);
        _handler = new SyscallHandler(recorder, names, placement, engine);
        _newborns = new Newborns(recorder);
        _ends = new Ends(root, recorder, tracees, _handler, _newborns, supervisor);
        _births = new Births(recorder, tracees, placement, _newborns, _ends);
        _starts = new ProgramStarts(
            recorder, tracees, names, _handler, _newborns, _ends, hasFilter: engine != EngineKind.Syscall);
        _away = new AwayCalls(() => new SyscallHandler(recorder, names, placement, engine, isAway: true), () => retrials.IsWaiting);
        _calls = new SyscallStops(engine, traps, recorder, tracees, _handler, names.Remote, _away);
        _signals = new SignalStops(
            root, engine, traps, tracees, _handler, _waits, supervisor, recorder.Plan.Terminal);
    }

    /// <inheritdoc cref="Ends.Outcome"/>
    public int Outcome => _ends.Outcome;

    /// <inheritdoc cref="SignalStops.RootSignals"/>
    public SignalLog RootSignals => _signals.RootSignals;

    /// <inheritdoc cref="ProgramStarts.HasStarted"/>
    public bool HasStarted => _starts.HasStarted;

    /// <summary>Returns when the last process has ended.</summary>
    public void Run()
    {
        int quiet = 0;
        Doorbell.Attach();
        for (uint turn = 1; ; turn++)
        {
            // A newborn waits for an event that may never come, and children that are no tracees are not waited for.
            // Whoever made a newborn announces it or ends, and either wakes us; only after an end nobody may come.
            bool block = _tracees.Count > 0 && !_newborns.MayBeOrphans;
            _retrials.BeginWait();
            Serve();
            WaitAnswer answer = ThreadChange.Wait(out ThreadChange change, block, Serve);
            _retrials.EndWait();
            if (answer == WaitAnswer.Nobody)
            {
                if (!AwaitNews())
                {
                    break;
                }

                continue;
            }

            if (answer == WaitAnswer.Changed)
            {
                quiet = _denials = 0;
                _placement.Woken();
                Changed(change);
                if (turn % FairTurn == 0)
                {
                    ServeAll();
                }
            }
            else if (++quiet < Patience || _newborns.Wait)
            {
                // Nothing would wake us: what we wait for here may never come.
                Thread.Sleep(1);
            }
            else
            {
                break;
            }

            if (_newborns.Wait)
            {
                AdoptOrphans();
            }
        }

        _away.End();
        _placement.Leave();
        ForgetGhosts();
    }

    /// <inheritdoc cref="Ends.ForgetGhosts"/>
    internal void ForgetGhosts() => _ends.ForgetGhosts();

    private void Serve()
    {
        _retrials.Serve();
        _waits.Serve();
        _supervisor.Serve();
        _placement.Serve();
        while (_away.TryTake(out AwayCall? call))
        {
            Returned(call);
        }
    }

    /// <summary>A call was handled away from here: what is left of its stop.</summary>
    private void Returned(AwayCall call)
    {
        try
        {
            if (call.Fault is { } fault)
            {
                throw fault;
            }

            var stop = new Stop(call.Stop);
            call.Then(stop);
            Resume(stop, call.Tracee, signal: 0);
            _placement.Heard(call.Tracee);
        }
        catch (Exception e) when (IsOurs(e))
        {
            GoOn(e, call.Stop, call.Tracee);
        }

        foreach (ThreadChange change in call.Later)
        {
            Changed(change);
        }
    }

    /// <summary>Serves each thread that stands still once, whoever it is.</summary>
    /// <remarks>wait4 looks at the youngest first: a few that stop all the time would keep it from the others for ever.</remarks>
    private void ServeAll()
    {
        while (ThreadChange.Wait(out ThreadChange change, block: false) == WaitAnswer.Changed)
        {
            // None is resumed meanwhile, so none comes twice but to end, or when a thread that called execve takes the number of a first
            // thread that stood still, and is no more.
            if (change.IsStop && change.Status.Event == ptrace.PTRACE_EVENT_EXEC)
            {
                int tid = change.Tid;
                _batch.RemoveAll(earlier => earlier.Tid == tid && earlier.IsStop);
            }

            _batch.Add(change);
        }

        foreach (ThreadChange change in _batch)
        {
            Changed(change);
        }

        _batch.Clear();
    }

    /// <summary>Takes in those that would wait for ever, because nobody announces them.</summary>
    private void AdoptOrphans()
    {
        if (_newborns.Orphans().Count > 0)
        {
            // We may be the ones who are late, and the news is there.
            ServeAll();
        }

        foreach (int tid in _newborns.Orphans())
        {
            if (_births.Adopt(tid) is { } first)
            {
                Changed(first);
            }
        }
    }

    /// <summary>The wait says that there is nobody to wait for, or fails.</summary>
    /// <returns>false when there is indeed nobody.</returns>
    /// <exception cref="FptraceException">Some do stand there, and their stops cannot be learnt of: they would stand for ever.</exception>
    private bool AwaitNews()
    {
        if (_away.Any)
        {
            // Their ends were told, and wait with them.
            Thread.Sleep(1);
            return true;
        }

        if (!_ends.IsAnybodyLeft)
        {
            return false;
        }

        if (++_denials > MostDenials)
        {
            throw new FptraceException(ExitCodes.Internal, "wait4 is denied, so nobody can be traced; what still ran was ended");
        }

        // What a failing wait4 cannot tell nothing else tells.
        Thread.Sleep(1);
        return true;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A fault of ours must not take the command down: the tracee goes on and the trace says so.")]
    internal void Changed(in ThreadChange change)
    {
        try
        {
            if (_tracees.Find(change.Tid) is not { } tracee)
            {
                _births.Unannounced(change);
            }
            else if (_away.Find(tracee) is { } away)
            {
                away.Later.Add(change);
            }
            else if (change.IsStop)
            {
                Stopped(new Stop(change), tracee);
                _away.Find(tracee)?.Stop = change;
            }
            else
            {
                _ends.Ended(tracee, change);
            }
        }
        catch (Exception e) when (IsOurs(e))
        {
            GoOn(e, change, _tracees.Find(change.Tid));
        }
    }

    private static bool IsOurs(Exception e) => e is not (FptraceException or KernelDenialException or OutOfMemoryException);

    private void GoOn(Exception e, in ThreadChange change, Tracee? tracee)
    {
        _recorder.AddReason(IncompleteReason.Internal, change.Tid, e.GetType().Name + ": " + e.Message);
        if (change.IsStop && tracee is not null)
        {
            tracee.Call.Release();
            Resume(new Stop(change), tracee, signal: 0);
        }
    }

    private void Stopped(scoped in Stop stop, Tracee tracee)
    {
        tracee.Job.GoOn();
        int delivered = 0;
        switch (stop.Status.Event)
        {
            case ptrace.PTRACE_EVENT_SECCOMP:
            case 0 when stop.Status.StopSignal == (signal.SIGTRAP | 0x80):
                if (_calls.Stopped(stop, tracee) == RequestOutcome.Vanished || _away.Find(tracee) is not null)
                {
                    return;
                }

                break;
            case 0:
                delivered = stop.Status.StopSignal;
                _signals.Signalled(stop, tracee);
                break;
            case ptrace.PTRACE_EVENT_FORK or ptrace.PTRACE_EVENT_VFORK or ptrace.PTRACE_EVENT_CLONE:
                bool mayBeThread = stop.Status.Event == ptrace.PTRACE_EVENT_CLONE;
                if (_births.Announced(stop, tracee, mayBeThread) is { } earlier)
                {
                    Changed(earlier);
                }

                break;
            case ptrace.PTRACE_EVENT_EXEC:
                tracee = _starts.Executed(stop, tracee);
                break;
            case ptrace.PTRACE_EVENT_STOP when IsOfJob(stop.Status.StopSignal):
                _signals.JobStopped(stop, tracee);
                _placement.Heard(tracee);
                return;
            default:
                _signals.WentOn(tracee);
                break;
        }

        Resume(stop, tracee, delivered);
        _placement.Heard(tracee);
    }

    private static bool IsOfJob(int number) => number is signal.SIGSTOP or signal.SIGTSTP or signal.SIGTTIN or signal.SIGTTOU;

    private void Resume(scoped in Stop stop, Tracee tracee, int signal)
    {
        // One that vanished was killed, and the wait tells of its end.
        _ = _engine == EngineKind.Syscall || tracee.Call.MustStopAgain
            ? stop.ResumeToSyscall(signal)
            : stop.Resume(signal);
    }
}
