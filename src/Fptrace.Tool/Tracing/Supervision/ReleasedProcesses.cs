using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>
/// Lets a process go at the entry of an execve that would give it rights, which it would not get while an ordinary user
/// traces it.
/// </summary>
/// <remarks>
/// <para>This works only without a filter, since no_new_privs cannot be taken back. What the program does is unseen,
/// and so is what its children do. The tool waits for its end: for the command's first process, which is the tool's
/// child, by wait4, and for others by a pidfd.</para>
/// <para>The ptrace thread releases and waits. Any thread may ask.</para>
/// </remarks>
/// <param name="root">The number of the command's first process.</param>
/// <param name="recorder">Gets what is known of the program.</param>
/// <param name="tracees">The table that it leaves.</param>
internal sealed class ReleasedProcesses(int root, Recorder recorder, TraceeTable tracees)
{
    // Milliseconds. A bell that rings just before the wait begins is missed.
    private const int Patience = 100;

    private readonly Lock _lock = new();
    private readonly List<(ExecutionState Execution, ProcessHandle Process)> _others = [];
    private ExecutionState? _root;

    /// <summary>Whether one runs. The command's first process does not count.</summary>
    public bool Any
    {
        get
        {
            lock (_lock)
            {
                return _others.Count > 0;
            }
        }
    }

    /// <summary>Whether the command's first process runs, and was released.</summary>
    public bool HasRoot => Volatile.Read(ref _root) is not null;

    /// <summary>Whether the command's first process was released.</summary>
    public bool HadRoot { get; private set; }

    /// <summary>Releases the process, which stands at the entry of that execve.</summary>
    /// <returns>Whether it was released. Then no request of ptrace may follow.</returns>
    public bool TryRelease(scoped in Stop stop, Tracee tracee, GainingProgram gaining)
    {
        ProcessHandle? handle = tracee.Tid == root ? null : ProcessHandle.Open(tracee.Tid);
        if ((tracee.Tid != root && handle is null) || stop.Detach() != RequestOutcome.Done)
        {
            handle?.Dispose();
            return false;
        }

        recorder.AddReason(IncompleteReason.Released, tracee.Tid,
            gaining.Rights + " and ran untraced, to keep its rights");
        ExecutionState started = recorder.Begin(tracee.Execution, tracee.Tid, gaining.Exec, gaining.Program);
        recorder.Leave(tracee.Execution);
        if (handle is null)
        {
            Volatile.Write(ref _root, started);
            HadRoot = true;
        }
        else
        {
            lock (_lock)
            {
                _others.Add((started, handle));
            }
        }

        tracees.Remove(tracee);
        return true;
    }

    /// <summary>Takes what wait4 tells of the command's first process after its release.</summary>
    /// <param name="change">What wait4 told.</param>
    /// <param name="execution">Its execution, if it has ended.</param>
    /// <returns>Whether the change is of it.</returns>
    public bool Takes(in ThreadChange change, out ExecutionState? execution)
    {
        execution = null;
        if (change.Tid != root || !HasRoot)
        {
            return false;
        }

        if (!change.IsStop)
        {
            execution = _root;
            Volatile.Write(ref _root, null);
        }

        return true;
    }

    /// <summary>Waits for a moment, or until one ends or the <see cref="Doorbell"/> rings.</summary>
    public void Await()
    {
        (ExecutionState Execution, ProcessHandle Process)[] all;
        lock (_lock)
        {
            all = [.. _others];
        }

        ProcessHandle.Await(Array.ConvertAll(all, other => other.Process), Patience);
        foreach ((ExecutionState Execution, ProcessHandle Process) other in all)
        {
            if (other.Process.HasEnded)
            {
                Forget(other);
            }
        }
    }

    /// <summary>Signals each of them. One that has become another user's is beyond reach, and not waited for.</summary>
    public void Signal(int number)
    {
        lock (_lock)
        {
            foreach ((ExecutionState Execution, ProcessHandle Process) other in _others.ToArray())
            {
                if (!other.Process.Signal(number))
                {
                    Forget(other);
                }
            }
        }
    }

    private void Forget((ExecutionState Execution, ProcessHandle Process) other)
    {
        lock (_lock)
        {
            if (!_others.Remove(other))
            {
                return;
            }
        }

        recorder.Leave(other.Execution);
        other.Process.Dispose();
    }
}
