using System.Diagnostics;
using Fptrace.Linux.Descriptors;
using Fptrace.Model;
using Fptrace.Tracing.Plan;

namespace Fptrace.Tracing.Recording;

/// <summary>Makes a trace of what the engines see: IDs, order, first accesses, lifetimes, the verdict.</summary>
/// <remarks>
/// Several threads call it. They hold its lock while they number an access and put it into the queue of the sink, and
/// never while they look at a file or call the sink.
/// </remarks>
internal sealed class Recorder
{
    private readonly Lock _lock = new();
    private readonly ITraceSink _sink;
    private readonly IWitness? _witness;
    private readonly SinkQueue _queue;
    private readonly VerdictLog _verdict = new();
    private readonly HashSet<ExecutionState> _live = [];
    private readonly ProcessSet _processes;

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly AccessLog _accesses;
    private int _lastId;
    private volatile bool _isComplete;

    public Recorder(ITraceSink sink, TracePlan plan)
    {
        _sink = sink;
        _witness = sink.Witness;
        _processes = new ProcessSet(sink.Needs.ProcessNumbers);
        _queue = new SinkQueue(sink,
            fault => AddReason(IncompleteReason.Internal, 0, fault.GetType().Name + ": " + fault.Message));
        _accesses = new AccessLog(_queue, _verdict, _live, sink.WantsAccesses,
            guesses: plan.Stdio && !Descriptions.AreTold, plan.ByExecution || !plan.Probes);
        Changes = _witness is null ? null : new ChangeNews(_witness, _queue, _lock);
        Plan = plan;
    }

    public TracePlan Plan { get; }

    /// <summary>Told of changes before they happen; null when no sink has a witness.</summary>
    public ChangeNews? Changes { get; }

    /// <summary>Called when the sink cannot go on.</summary>
    public Action<FptraceException> GiveUp { set => _queue.GiveUp = value; }

    public Renames Renames { get; } = new();

    public ForgottenTrees Forgotten => _accesses.Forgotten;

    public DateTimeOffset Started { get; } = DateTimeOffset.Now;

    /// <summary>Whether the trace is over. Then whatever still comes is dropped.</summary>
    public bool IsComplete => _isComplete;

    /// <summary>Nanoseconds since the trace began.</summary>
    public long Now => Stopwatch.GetElapsedTime(_start).Ticks * 100;

    /// <summary>Begins a new execution when execve has succeeded in a thread of <paramref name="previous"/>.</summary>
    public ExecutionState Begin(ExecutionState previous, int pid, PendingExec exec, NewProgram program)
    {
        IReadOnlyList<AccessFacts> seen = _witness is null ? [] : program.SeenBy(_witness, exec.Path);
        _queue.AwaitRoom();
        lock (_lock)
        {
            Execution execution = exec.ToExecution(++_lastId, previous.Execution.Id, pid, Now, program, seen);
            var state = new ExecutionState(execution, Forgotten) { Threads = 1 };
            if (_isComplete)
            {
                return state;
            }

            if (previous.Execution.Pid == pid && previous.Execution.NextId == 0 && !previous.IsStub)
            {
                previous.Execution.NextId = state.Execution.Id;
            }

            _processes.Add(state.Execution, pid);
            _live.Add(state);
            _queue.Add(new SinkEvent(SinkEventKind.Started, state.Execution));
            return state;
        }
    }

    public void Join(ExecutionState state, int tid, bool isProcess)
    {
        lock (_lock)
        {
            state.Threads++;
            if (isProcess && !_isComplete)
            {
                _processes.Add(state.Execution, tid);
            }
        }
    }

    /// <summary>Called when a process has ended. <see cref="Leave"/> is called for its last thread, too.</summary>
    public void Exit(ExecutionState state, int pid, int status, long userTimeUs, long systemTimeUs, long maxResidentKiB)
    {
        lock (_lock)
        {
            Execution execution = state.Execution;
            if (execution.Pid == pid && execution.NextId == 0)
            {
                execution.ExitCode = status;
            }

            execution.UserTimeUs += userTimeUs;
            execution.SystemTimeUs += systemTimeUs;
            execution.MaxResidentKiB = Math.Max(execution.MaxResidentKiB, maxResidentKiB);
            if (!state.IsStub && !_isComplete)
            {
                _queue.Add(new SinkEvent(SinkEventKind.Exited, execution) { Pid = pid, TimeNs = Now, Status = status });
            }
        }
    }

    /// <summary>Called when a thread has ended, or has gone on to another execution.</summary>
    public void Leave(ExecutionState state)
    {
        lock (_lock)
        {
            if (--state.Threads == 0 && _live.Remove(state))
            {
                End(state);
            }
        }
    }

    /// <summary>Whether one of <paramref name="kinds"/> (bits, 1 &lt;&lt; kind) is recorded for the path.</summary>
    public bool Knows(ExecutionState state, ReadOnlySpan<byte> path, uint kinds)
    {
        lock (_lock)
        {
            return (state.Seen(path) & kinds) != 0;
        }
    }

    /// <summary>Records an access if it is the first of its kind, or a creation: the file was gone before.</summary>
    public void Record(ExecutionState state, AccessKind kind, ReadOnlySpan<byte> path, FileType type,
        in FileStamp before, bool truncates = false) =>
        Record(state, new Access(0, 0, kind, default, default, type, truncates, before), path);

    /// <summary>Records an access that lacks only its path, under the same condition.</summary>
    public void Record(ExecutionState state, in Access access, ReadOnlySpan<byte> path)
    {
        if (IsIn(state, access.Kind, path))
        {
            return;
        }

        _queue.AwaitRoom();
        Access named = access with { Path = new ByteString(path) };
        Add(state, new Span<Access>(ref named), Repeats.Dropped);
    }

    /// <summary>Records the accesses of one call, with no other between them. Names that changed start anew.</summary>
    public void Record(ExecutionState state, ReadOnlySpan<Access> accesses)
    {
        _queue.AwaitRoom();
        if (_witness is null || !_accesses.Takes(state))
        {
            lock (_lock)
            {
                _accesses.Add(state, accesses, Now);
            }

            return;
        }

        foreach (ref readonly Access access in accesses)
        {
            if (access.MovesNames)
            {
                _witness.Moved();
                break;
            }
        }

        Add(state, accesses.ToArray(), Repeats.Recorded);
    }

    /// <summary>Adds accesses with what the witness sees of them. If names move meanwhile, it looks again.</summary>
    private void Add(ExecutionState state, Span<Access> accesses, Repeats repeats)
    {
        for (bool isDone = false; !isDone;)
        {
            int version = _witness?.Version ?? 0;
            foreach (ref Access access in accesses)
            {
                access = _witness is null ? access : access with { Facts = _witness.See(access) };
            }

            lock (_lock)
            {
                isDone = version == (_witness?.Version ?? 0);
                if (isDone && (repeats == Repeats.Recorded || !Has(state, accesses[0].Kind, accesses[0].Path.Span)))
                {
                    _accesses.Add(state, accesses, Now);
                }
            }
        }
    }

    /// <summary>What lies below a directory from now on are other files than before.</summary>
    public void ForgetBelow(ByteString directory)
    {
        _witness?.Moved();
        lock (_lock)
        {
            _accesses.ForgetTree(directory);
        }
    }

    public void AddReason(string kind, int pid, string detail) => _verdict.Add(kind, pid, detail);

    public void AddNote(string what, string line) => _verdict.Note(what, line);

    /// <summary>Called when a process connects to a unix socket that no process of the command has bound.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="name">A path, or an abstract name with its leading NUL.</param>
    public void AddServer(int pid, ByteString name) => _verdict.AddServer(pid, name);

    /// <summary>Whether a process belongs, or has belonged, to the command.</summary>
    public bool HadProcess(int pid)
    {
        lock (_lock)
        {
            return _processes.Contains(pid);
        }
    }

    public IReadOnlyList<string> Notes => _verdict.Notes;

    /// <summary>The verdict so far, with what the sink has to say about all that is recorded until now.</summary>
    public Verdict Verdict
    {
        get
        {
            _queue.CatchUp();
            return _verdict.ToVerdict();
        }
    }

    /// <inheritdoc cref="AccessLog.GuessStandard"/>
    public void GuessStandard(int pid, ByteString name)
    {
        lock (_lock)
        {
            _accesses.GuessStandard(pid, name);
        }
    }

    /// <summary>Ends the executions that are left, as after a lost process. The sink gets the summary.</summary>
    /// <exception cref="FptraceException">The sink failed, now or before.</exception>
    public void Complete(TraceSummary summary)
    {
        lock (_lock)
        {
            foreach (ExecutionState state in _live.OrderBy(live => live.Execution.Id))
            {
                End(state);
            }

            _live.Clear();
            _isComplete = true;
            _accesses.Close();
            _verdict.Close();
        }

        _queue.End();
        _sink.Complete(summary);
    }

    private void End(ExecutionState state)
    {
        state.Execution.EndNs = Now;
        state.Clear();
        _queue.Add(new SinkEvent(SinkEventKind.Ended, state.Execution));
    }

    public static uint Bit(AccessKind kind) => 1u << (int)kind;

    /// <summary>Whether the access needs no recording, so that no lookup is worth its time.</summary>
    private bool IsIn(ExecutionState state, AccessKind kind, ReadOnlySpan<byte> path)
    {
        lock (_lock)
        {
            return !_accesses.Takes(state) || Has(state, kind, path);
        }
    }

    // A second creation counts: the file was gone before.
    private static bool Has(ExecutionState state, AccessKind kind, ReadOnlySpan<byte> path) =>
        kind != AccessKind.Create && (state.Seen(path) & Bit(kind)) != 0;
}
