using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Scheduling;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>
/// The one thread that makes every ptrace request. It waits for its tracees, and serves the requests of other threads
/// meanwhile. <see cref="ChangeHandler"/> handles what wait4 tells.
/// </summary>
internal sealed class PtraceLoop
{
    private const uint FairTurn = 64;

    // Milliseconds without news after which the loop ends, because the children that are left are no tracees.
    private const int Patience = 200;

    // Failures of wait4, a millisecond apart, after which the loop gives up.
    private const int MostDenials = 100;

    private readonly TraceeTable _tracees;
    private readonly Retries _retries;
    private readonly ProcessorAffinity _affinity;
    private readonly Supervisor _supervisor;
    private readonly ReleasedProcesses _released;
    private readonly ResumedWaits _waits;
    private readonly AwayCalls _away;
    private readonly NewTracees _newTracees;
    private readonly Births _births;
    private readonly ProgramStarts _starts;
    private readonly Ends _ends;
    private readonly SignalStops _signals;
    private readonly ChangeHandler _changes;
    private readonly List<ThreadChange> _batch = [];
    private int _denials;

    /// <param name="root">The stub, which is seized and will become the command.</param>
    public PtraceLoop(
        int root,
        EngineKind engine,
        TrapTable traps,
        Recorder recorder,
        TraceeTable tracees,
        DescriptorNames names,
        Retries retries,
        ProcessorAffinity affinity,
        Supervisor supervisor,
        ReleasedProcesses released)
    {
        _released = released;
        _supervisor = supervisor;
        _tracees = tracees;
        _retries = retries;
        _affinity = affinity;
        _waits = new ResumedWaits(tracees);
        var handler = new SyscallHandler(recorder, names, affinity, engine);
        _away = new AwayCalls(peek => new SyscallHandler(recorder, names, affinity, engine, peek),
            () => retries.IsWaiting);
        _newTracees = new NewTracees(recorder);
        _ends = new Ends(root, recorder, tracees, handler, names.Remote, _away, _newTracees, supervisor);
        _births = new Births(recorder, tracees, affinity, _newTracees, _ends);
        var rights = new ProgramRights(hasFilter: engine != EngineKind.Syscall);
        _starts = new ProgramStarts(recorder, tracees, names, handler, _away, _newTracees, _ends, rights);
        _signals = new SignalStops(
            root, engine, traps, tracees, handler, _waits, _away, supervisor, recorder.Plan.Terminal);
        var calls = new SyscallStops(engine, traps, recorder, tracees, handler, names.Remote, _away, rights,
            released);
        _changes = new ChangeHandler(engine, recorder, tracees, affinity, _away, _births, _starts, _ends,
            calls, _signals, released, supervisor);
    }

    /// <inheritdoc cref="Ends.Outcome"/>
    public int Outcome => _ends.Outcome;

    /// <inheritdoc cref="SignalStops.RootSignals"/>
    public SignalLog RootSignals => _signals.RootSignals;

    /// <inheritdoc cref="ProgramStarts.HasStarted"/>
    public bool HasStarted => _starts.HasStarted || _released.HadRoot;

    /// <inheritdoc cref="ProgramStarts.Denial"/>
    public FptraceException? Denial => _starts.Denial;

    /// <summary>Returns when the last process of the command has ended.</summary>
    public void Run()
    {
        int quiet = 0;
        Doorbell.Attach();
        for (uint turn = 1; ; turn++)
        {
            // Do not block while a new tracee may wait for an event that never comes, nor for children that are no
            // tracees. Otherwise the maker of a new tracee either announces it or ends, and both wake this thread.
            bool mayBlock = (_tracees.Count > 0 || _released.HasRoot) && !_newTracees.MayBeOrphans;
            WaitMode mode = mayBlock ? WaitMode.Block : WaitMode.Poll;
            _retries.BeginWait();
            Serve();
            WaitAnswer answer = ThreadChange.Wait(out ThreadChange change, mode, Serve);
            _retries.EndWait();
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
                _affinity.Woken();
                Changed(change);
                if (turn % FairTurn == 0)
                {
                    ServeAll();
                }
            }
            else if (_tracees.Count == 0 && _released.Any && !_away.Any)
            {
                _released.Await();
            }
            else if (++quiet < Patience || _newTracees.Wait || _away.Any)
            {
                // Perhaps nothing ever wakes this thread, so it looks again in a moment.
                Thread.Sleep(1);
            }
            else
            {
                break;
            }

            if (_newTracees.Wait)
            {
                AdoptOrphans();
            }
        }

        _away.End();
        _affinity.Leave();
        ForgetGhosts();
    }

    /// <inheritdoc cref="Ends.ForgetGhosts"/>
    internal void ForgetGhosts() => _ends.ForgetGhosts();

    private void Serve()
    {
        _retries.Serve();
        _waits.Serve();
        _supervisor.Serve();
        _affinity.Serve();
        _away.ServePeeks();
        while (_away.TryTake(out AwayCall? call))
        {
            _changes.Returned(call);
        }
    }

    /// <summary>Handles one stop of each thread that stands still.</summary>
    /// <remarks>
    /// wait4 looks at the youngest child first. A few young ones that stop all the time would starve the others for
    /// ever.
    /// </remarks>
    private void ServeAll()
    {
        while (ThreadChange.Wait(out ThreadChange change, WaitMode.Poll) == WaitAnswer.Changed)
        {
            // No thread is resumed meanwhile, so each comes once. It comes twice only at its end, or when a thread that
            // called execve takes the number of a first thread that stood still and has ended.
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

    /// <summary>Makes tracees of the new threads that nobody has announced in time.</summary>
    private void AdoptOrphans()
    {
        if (_newTracees.Orphans().Count > 0)
        {
            // Perhaps this thread is late, and wait4 has the event by now.
            ServeAll();
        }

        foreach (int tid in _newTracees.Orphans())
        {
            if (_births.Adopt(tid) is { } first)
            {
                Changed(first);
            }
        }
    }

    /// <summary>Called when wait4 fails or finds no child: decides whether to go on.</summary>
    /// <returns>false when no tracee is left.</returns>
    /// <exception cref="FptraceException">wait4 fails again and again although tracees are left.</exception>
    private bool AwaitNews()
    {
        if (_away.Any)
        {
            // wait4 has told of their ends already. Those wait with the calls that are away.
            Thread.Sleep(1);
            return true;
        }

        if (!_ends.IsAnybodyLeft && _released.Any)
        {
            _released.Await();
            return true;
        }

        if (!_ends.IsAnybodyLeft)
        {
            return false;
        }

        if (++_denials > MostDenials)
        {
            throw new FptraceException(ExitCodes.Internal,
                "wait4 is denied, so nobody can be traced; what still ran was ended");
        }

        // Nothing else tells what a failing wait4 does not, so try again.
        Thread.Sleep(1);
        return true;
    }

    /// <inheritdoc cref="ChangeHandler.Changed"/>
    internal void Changed(in ThreadChange change) => _changes.Changed(change);
}
