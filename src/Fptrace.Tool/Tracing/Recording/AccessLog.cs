using Fptrace.Model;

namespace Fptrace.Tracing.Recording;

/// <summary>
/// Numbers accesses, keeps them with their executions, and puts them into the queue of the sink. Guarded by the
/// recorder's lock.
/// </summary>
/// <param name="queue">Gets the accesses in order.</param>
/// <param name="verdict">Told when there is no memory for more accesses.</param>
/// <param name="live">The executions that may still do something.</param>
/// <param name="keeps">Whether executions keep their accesses.</param>
/// <param name="guesses">Whether to remember which names were opened, because the kernel does not tell descriptors
/// apart.</param>
/// <param name="byExecution">Whether each access counts with the execution that made it, and by the path that it was
/// given. Else what paths lead to counts: then all is forgotten when that may change.</param>
internal sealed class AccessLog(SinkQueue queue, VerdictLog verdict, HashSet<ExecutionState> live, bool keeps,
    bool guesses, bool byExecution)
{
    private readonly HashSet<ByteString>? _opened = guesses ? [] : null;
    private readonly MemoryGuard _memory = new();
    private bool _isClosed;
    private long _order;

    public ForgottenTrees Forgotten { get; } = new();

    /// <summary>Whether anything is recorded of an execution. Otherwise no lookup is worth its time.</summary>
    public bool Takes(ExecutionState state) => !state.IsStub && !_isClosed;

    /// <summary>
    /// Called for a descriptor that looks like a standard stream. It may be another one if the command opened the file.
    /// </summary>
    public void GuessStandard(int pid, ByteString name)
    {
        if (_opened is not null && _opened.Contains(name))
        {
            verdict.Add(
                IncompleteReason.Unreadable,
                pid,
                $"kcmp is denied: whether a descriptor of {name} is a standard stream, or was opened by the "
                    + "command, is unknown");
        }
    }

    /// <summary>Called when the trace is over.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Adds the accesses of one call.</summary>
    public void Add(ExecutionState state, ReadOnlySpan<Access> accesses, long now)
    {
        foreach (ref readonly Access access in accesses)
        {
            Add(state, access, now);
        }

        foreach (ref readonly Access access in accesses)
        {
            if (access.MovesNames && !byExecution)
            {
                Forgotten.AddAll();
            }
            else if (access.Kind is AccessKind.Delete or AccessKind.RenameFrom or AccessKind.RenameTo)
            {
                // A directory must be empty to be deleted. Below a deleted symbolic link there may be known paths.
                bool withBelow = access.Kind == AccessKind.Delete
                    ? access.Type == FileType.Symlink
                    : LeadsOn(access.Type) || LeadsOn(access.Before.Type);
                if (withBelow)
                {
                    ForgetTree(access.Path);
                }
                else
                {
                    Forget(access.Path);
                }
            }
        }
    }

    private void Add(ExecutionState state, Access access, long now)
    {
        if (!Takes(state))
        {
            return;
        }

        access = access with { Order = ++_order, TimeNs = now };
        state.Add(access.Path, access.Kind);
        if (keeps)
        {
            state.Execution.Accesses.Add(access);
        }

        if (_opened is not null && access.Kind is AccessKind.Read or AccessKind.Write or AccessKind.ReadWrite
            or AccessKind.Create)
        {
            _opened.Add(access.Path);
        }

        queue.Add(new SinkEvent(SinkEventKind.Accessed, state.Execution, access));
        if (_memory.IsFull())
        {
            StopRecording();
        }
    }

    /// <summary>What the path leads to now is another file than before.</summary>
    private void Forget(ByteString path)
    {
        foreach (ExecutionState state in live)
        {
            state.Forget(path);
        }
    }

    /// <summary>So do the path and what lies below it.</summary>
    public void ForgetTree(ByteString path)
    {
        if (!byExecution)
        {
            Forgotten.AddAll();
            return;
        }

        Forget(path);
        Forgotten.Add(path);
        if (Forgotten.IsFull)
        {
            foreach (ExecutionState state in live)
            {
                state.Sweep();
            }

            Forgotten.Clear();
        }
    }

    private static bool LeadsOn(FileType type) => type is FileType.Directory or FileType.Symlink;

    private void StopRecording()
    {
        verdict.Add(
            IncompleteReason.Memory,
            0,
            "no memory is left for more: what was accessed from here on is missing; " + Shortage.Remedy());
        _isClosed = true;
        foreach (ExecutionState state in live)
        {
            state.Clear();
        }
    }
}
