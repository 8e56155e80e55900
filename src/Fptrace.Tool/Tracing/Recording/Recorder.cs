using System.Diagnostics;
using Fptrace.Linux.Descriptors;
using Fptrace.Model;
using Fptrace.Tracing.Plan;

namespace Fptrace.Tracing.Recording;

/// <summary>Turns what the engines see into the model: ids, order, first accesses, lifetimes, the verdict.</summary>
/// <remarks>Several threads call it; one lock holds it together and keeps the calls of the sink apart.</remarks>
internal sealed class Recorder(ITraceSink sink, TracePlan plan)
{
    private readonly Lock _lock = new();
    private readonly HashSet<ExecutionState> _live = [];
    private readonly List<IncompleteReason> _reasons = [];
    private readonly List<string> _notes = [];
    private readonly HashSet<int> _processes = [];

    // What was opened by name; null where the kernel tells descriptors apart.
    private readonly HashSet<ByteString>? _opened = plan.Stdio && !Descriptions.AreTold ? [] : null;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly MemoryGuard _memory = new();
    private readonly bool _keeps = sink.WantsAccesses;
    private bool _isFull;
    private long _order;
    private int _lastId;
    private volatile bool _isComplete;

    public TracePlan Plan { get; } = plan;

    /// <summary>Whoever must see what a change is about to replace; null when nobody does.</summary>
    public IChangeObserver? Changes { get; } = sink as IChangeObserver;

    public Renames Renames { get; } = new();

    public ForgottenTrees Forgotten { get; } = new();

    public DateTimeOffset Started { get; } = DateTimeOffset.Now;

    /// <summary>The trace is over: what still comes goes nowhere and takes no memory.</summary>
    public bool IsComplete => _isComplete;

    /// <summary>Nanoseconds since the trace began.</summary>
    public long Now => Stopwatch.GetElapsedTime(_start).Ticks * 100;

    /// <summary>execve succeeded in a thread of <paramref name="previous"/>, whose process becomes one of the new execution.</summary>
    public ExecutionState Begin(ExecutionState previous, int pid, PendingExec exec, NewProgram program)
    {
        lock (_lock)
        {
            var execution = new Execution
            {
                Id = ++_lastId,
                ParentId = previous.Execution.Id,
                Pid = pid,
                StartNs = Now,
                Directory = exec.Directory,
                Path = exec.Path,
                Arguments = exec.Arguments,
                Environment = exec.Environment,
                Executable = program.Executable,
                Interpreters = program.Interpreters,
                Descriptors = program.Descriptors,
            };
            var state = new ExecutionState(execution, Forgotten) { Threads = 1 };
            if (_isComplete)
            {
                return state;
            }

            if (previous.Execution.Pid == pid && previous.Execution.NextId == 0 && !previous.IsStub)
            {
                previous.Execution.NextId = state.Execution.Id;
            }

            state.Execution.Processes.Add(pid);
            _processes.Add(pid);
            _live.Add(state);
            sink.Started(state.Execution);
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
                state.Execution.Processes.Add(tid);
                _processes.Add(tid);
            }
        }
    }

    /// <summary>A process ended; its last thread leaves separately.</summary>
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
                sink.Exited(execution, pid, Now, status);
            }
        }
    }

    /// <summary>A thread ended or went on to another execution.</summary>
    public void Leave(ExecutionState state)
    {
        lock (_lock)
        {
            if (--state.Threads == 0 && _live.Remove(state))
            {
                state.Execution.EndNs = Now;
                sink.Ended(state.Execution);
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

    /// <summary>Records an access if it is the first of its kind. What is created again was gone meanwhile, perhaps under another name.</summary>
    public void Record(ExecutionState state, AccessKind kind, ReadOnlySpan<byte> path, FileType type, in FileStamp before, bool truncates = false) =>
        Record(state, new Access(0, 0, kind, default, default, type, truncates, before), path);

    /// <summary>The same with all that is known of the access but its path.</summary>
    public void Record(ExecutionState state, in Access access, ReadOnlySpan<byte> path)
    {
        lock (_lock)
        {
            if (access.Kind == AccessKind.Create || (state.Seen(path) & Bit(access.Kind)) == 0)
            {
                Add(state, access with { Path = new ByteString(path) });
            }
        }
    }

    /// <summary>Records the accesses of one call together: nothing else comes between them, and names that changed start anew.</summary>
    public void Record(ExecutionState state, ReadOnlySpan<Access> accesses)
    {
        lock (_lock)
        {
            foreach (ref readonly Access access in accesses)
            {
                Add(state, access);
            }

            foreach (ref readonly Access access in accesses)
            {
                if (access.Kind is AccessKind.Delete or AccessKind.RenameFrom or AccessKind.RenameTo)
                {
                    // A directory that was deleted was empty; behind a symbolic link there may be known names.
                    bool withBelow = access.Kind == AccessKind.Delete
                        ? access.Type == FileType.Symlink
                        : LeadsOn(access.Type) || LeadsOn(access.Before.Type);
                    Forget(access.Path, withBelow);
                }
            }
        }
    }

    /// <summary>Something happened that the trace cannot hold. Each kind counts once for a process.</summary>
    public void AddReason(string kind, int pid, string detail)
    {
        lock (_lock)
        {
            if (!_isComplete && !_reasons.Exists(reason => reason.Kind == kind && reason.Pid == pid))
            {
                _reasons.Add(new IncompleteReason(kind, pid, detail));
            }
        }
    }

    /// <summary>What was refused to the command, while the trace lacks nothing by it.</summary>
    /// <param name="what">A word of its own for each kind, of which only the first is told.</param>
    /// <param name="line">One line in words, which begins with that word.</param>
    public void AddNote(string what, string line)
    {
        lock (_lock)
        {
            if (!_isComplete && !_notes.Exists(note => note.StartsWith(what, StringComparison.Ordinal)))
            {
                _notes.Add(line);
            }
        }
    }

    /// <summary>A process reached for a unix socket that no process of the command has bound.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="name">A path, or an abstract name with its NUL.</param>
    public void AddServer(int pid, ByteString name)
    {
        string text = name.Span is [0, ..] ? "@" + new ByteString(name.Span[1..]) : name.ToString();
        AddReason(IncompleteReason.LocalServer, pid, $"it reaches for the server at {text}, which is not traced");
    }

    /// <summary>Whether a process is, or was, one of the command.</summary>
    public bool HadProcess(int pid)
    {
        lock (_lock)
        {
            return _processes.Contains(pid);
        }
    }

    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_lock)
            {
                return [.. _notes];
            }
        }
    }

    public Verdict Verdict
    {
        get
        {
            lock (_lock)
            {
                return new Verdict([.. _reasons]);
            }
        }
    }

    /// <summary>A descriptor was taken for a standard stream by its looks: right, unless the command has opened the same file.</summary>
    public void GuessStandard(int pid, ByteString name)
    {
        lock (_lock)
        {
            if (_opened is not null && _opened.Contains(name))
            {
                AddReason(IncompleteReason.Unreadable, pid, $"kcmp is denied: whether a descriptor of {name} is a standard stream, or was opened by the command, is unknown");
            }
        }
    }

    /// <summary>Ends what still lives, as after a lost process, and hands the summary over.</summary>
    public void Complete(TraceSummary summary)
    {
        lock (_lock)
        {
            foreach (ExecutionState state in _live.OrderBy(live => live.Execution.Id))
            {
                state.Execution.EndNs = Now;
                sink.Ended(state.Execution);
            }

            _live.Clear();
            _isComplete = true;
            sink.Complete(summary);
        }
    }

    public static uint Bit(AccessKind kind) => 1u << (int)kind;

    private void Forget(ByteString path, bool withBelow)
    {
        foreach (ExecutionState live in _live)
        {
            live.Forget(path);
        }

        if (!withBelow)
        {
            return;
        }

        Forgotten.Add(path);
        if (Forgotten.IsFull)
        {
            foreach (ExecutionState live in _live)
            {
                live.Sweep();
            }

            Forgotten.Clear();
        }
    }

    private static bool LeadsOn(FileType type) => type is FileType.Directory or FileType.Symlink;

    private void Add(ExecutionState state, Access access)
    {
        if (state.IsStub || _isComplete || _isFull)
        {
            return;
        }

        access = access with { Order = ++_order, TimeNs = Now };
        state.Add(access.Path, access.Kind);
        if (_keeps)
        {
            state.Execution.Accesses.Add(access);
        }

        if (_opened is not null && access.Kind is AccessKind.Read or AccessKind.Write or AccessKind.ReadWrite or AccessKind.Create)
        {
            _opened.Add(access.Path);
        }

        sink.Accessed(state.Execution, access);
        if (_memory.IsFull())
        {
            StopRecording();
        }
    }

    private void StopRecording()
    {
        AddReason(IncompleteReason.Memory, 0, "no memory is left for more: what was accessed from here on is missing; " + Shortage.Remedy());
        _isFull = true;
        foreach (ExecutionState live in _live)
        {
            live.Clear();
        }
    }
}
