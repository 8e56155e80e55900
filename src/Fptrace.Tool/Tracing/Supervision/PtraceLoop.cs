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
/// The one thread that owns every ptrace request: it waits for its tracees, and serves whoever needs it meanwhile.
/// <see cref="ChangeHandler"/> handles what it is told.
/// </summary>
internal sealed class PtraceLoop
{
    private const uint FairTurn = 64;

    // Milliseconds without news after which children that are no tracees are left alone.
    private const int Patience = 200;

    // A millisecond apart.
    private const int MostDenials = 100;

    private readonly TraceeTable _tracees;
    private readonly Retries _retries;
    private readonly ProcessorAffinity _affinity;
    private readonly Supervisor _supervisor;
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

    /// <param name="root">The stub, seized and about to become the command.</param>
    public PtraceLoop(
        int root,
        EngineKind engine,
        TrapTable traps,
        Recorder recorder,
        TraceeTable tracees,
        DescriptorNames names,
        Retries retries,
        ProcessorAffinity affinity,
        Supervisor supervisor)
    {
        _supervisor = supervisor;
        _tracees = tracees;
        _retries = retries;
        _affinity = affinity;
        _waits = new ResumedWaits(tracees);
        var handler = new SyscallHandler(recorder, names, affinity, engine);
        _away = new AwayCalls(() => new SyscallHandler(recorder, names, affinity, engine, isAway: true),
            () => retries.IsWaiting);
        _newTracees = new NewTracees(recorder);
        _ends = new Ends(root, recorder, tracees, handler, _newTracees, supervisor);
        _births = new Births(recorder, tracees, affinity, _newTracees, _ends);
        _starts = new ProgramStarts(
            recorder, tracees, names, handler, _newTracees, _ends, hasFilter: engine != EngineKind.Syscall);
        _signals = new SignalStops(
            root, engine, traps, tracees, handler, _waits, supervisor, recorder.Plan.Terminal);
        var calls = new SyscallStops(engine, traps, recorder, tracees, handler, names.Remote, _away);
        _changes = new ChangeHandler(engine, recorder, tracees, affinity, _away, _births, _starts, _ends,
            calls, _signals);
    }

    /// <inheritdoc cref="Ends.Outcome"/>
    public int Outcome => _ends.Outcome;

    /// <inheritdoc cref="SignalStops.RootSignals"/>
    public SignalLog RootSignals => _signals.RootSignals;

    /// <inheritdoc cref="ProgramStarts.HasStarted"/>
    public bool HasStarted => _starts.HasStarted;

    /// <inheritdoc cref="ProgramStarts.Denial"/>
    public FptraceException? Denial => _starts.Denial;

    /// <summary>Returns when the last process has ended.</summary>
    public void Run()
    {
        int quiet = 0;
        Doorbell.Attach();
        for (uint turn = 1; ; turn++)
        {
            // A new tracee waits for an event that may never come, and children that are no tracees are not waited for.
            // Whoever made a new tracee announces it or ends, and either wakes us; only after an end nobody may come.
            bool block = _tracees.Count > 0 && !_newTracees.MayBeOrphans;
            _retries.BeginWait();
            Serve();
            WaitAnswer answer = ThreadChange.Wait(out ThreadChange change, block, Serve);
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
            else if (++quiet < Patience || _newTracees.Wait)
            {
                // Nothing would wake us: what we wait for here may never come.
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
        while (_away.TryTake(out AwayCall? call))
        {
            _changes.Returned(call);
        }
    }

    /// <summary>Serves each thread that stands still once, whoever it is.</summary>
    /// <remarks>wait4 looks at the youngest first: a few that stop all the time would keep it from the others for
    /// ever.</remarks>
    private void ServeAll()
    {
        while (ThreadChange.Wait(out ThreadChange change, block: false) == WaitAnswer.Changed)
        {
            // None is resumed meanwhile, so none comes twice but to end, or when a thread that called execve takes the
            // number of a first thread that stood still, and is no more.
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
        if (_newTracees.Orphans().Count > 0)
        {
            // We may be the ones who are late, and the news is there.
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

    /// <summary>The wait says that there is nobody to wait for, or fails.</summary>
    /// <returns>false when there is indeed nobody.</returns>
    /// <exception cref="FptraceException">Some do stand there, and their stops cannot be learnt of: they would stand
    /// for ever.</exception>
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
            throw new FptraceException(ExitCodes.Internal,
                "wait4 is denied, so nobody can be traced; what still ran was ended");
        }

        // What a failing wait4 cannot tell nothing else tells.
        Thread.Sleep(1);
        return true;
    }

    /// <inheritdoc cref="ChangeHandler.Changed"/>
    internal void Changed(in ThreadChange change) => _changes.Changed(change);
}
