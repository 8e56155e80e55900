using System.Diagnostics;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Holds the threads whose first stop or end came before the event of the thread that made them.</summary>
/// <remarks>
/// The event may never come: a thread that is killed between its clone and its event announces no child. Then the child
/// is adopted: its parent process and thread group tell to which execution it most likely belongs.
/// </remarks>
internal sealed class NewTracees(Recorder recorder)
{
    // How long to wait for the event of a maker.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, (ThreadChange First, long Since)> _stopped = [];
    private readonly Dictionary<int, (ThreadChange End, long Since)> _ended = [];

    /// <summary>The adopted tracees, each with the execution that it was taken to belong to.</summary>
    private readonly Dictionary<int, ExecutionState> _adopted = [];

    private int _mostEnded = 256;
    private bool _makerMayBeGone;

    /// <summary>Whether new tracees stand still and wait for the event that announces them.</summary>
    public bool Wait => _stopped.Count > 0;

    /// <summary>Whether some wait for an event that may never come, so that the ptrace thread must not block.</summary>
    public bool MayBeOrphans => _makerMayBeGone &= Wait;

    /// <param name="first">The first stop of the new tracee.</param>
    /// <param name="makerMayBeGone">Whether the thread that made it may have ended already.</param>
    public void Stopped(in ThreadChange first, bool makerMayBeGone)
    {
        // An end that is kept under this number is of an earlier thread. Its maker is gone, too.
        _ended.Remove(first.Tid);
        _stopped[first.Tid] = (first, Stopwatch.GetTimestamp());
        _makerMayBeGone |= makerMayBeGone;
    }

    public void Ended(in ThreadChange end)
    {
        _stopped.Remove(end.Tid);
        _ended[end.Tid] = (end, Stopwatch.GetTimestamp());
        if (_ended.Count > _mostEnded)
        {
            foreach (int forgotten in _ended.Where(end => IsLongAgo(end.Value.Since)).Select(end => end.Key).ToArray())
            {
                _ended.Remove(forgotten);
            }

            _mostEnded = Math.Max(256, 2 * _ended.Count);
        }
    }

    /// <summary>Called when a tracee has ended, which may have made some of those that wait.</summary>
    public void MakerMayHaveEnded() => _makerMayBeGone |= Wait;

    public bool TakeStopped(int tid, out ThreadChange first)
    {
        bool taken = _stopped.Remove(tid, out (ThreadChange First, long Since) stop);
        first = stop.First;
        return taken;
    }

    /// <summary>Takes the end of a thread whose maker announces it only now.</summary>
    public bool TakeEnded(int tid, out ThreadChange change)
    {
        bool taken = _ended.Remove(tid, out (ThreadChange End, long Since) end);
        change = end.End;
        return taken;
    }

    /// <summary>The new tracees that have waited so long that no event will announce them.</summary>
    public List<int> Orphans() =>
        [.. _stopped.Where(newTracee => IsLongAgo(newTracee.Value.Since)).Select(newTracee => newTracee.Key)];

    /// <summary>Notes that a new tracee goes on without the event of its maker.</summary>
    public void Adopt(Tracee child) => _adopted[child.Tid] = child.Execution;

    /// <summary>Called when the maker of an adopted tracee announces it after all.</summary>
    /// <param name="tid">The adopted tracee.</param>
    /// <param name="taken">The execution that it was taken to belong to.</param>
    public bool TakeAdopted(int tid, out ExecutionState? taken) => _adopted.Remove(tid, out taken);

    /// <summary>Called at the end of a thread. If it was adopted, its maker has never announced it.</summary>
    public void Unclaimed(Tracee tracee)
    {
        if (_adopted.Remove(tracee.Tid))
        {
            MayBeForeign(tracee.Tgid);
        }
    }

    /// <summary>Says in the verdict that a process may belong to another execution than the trace says.</summary>
    public void MayBeForeign(int tgid) => recorder.AddReason(
        IncompleteReason.LostProcess, tgid,
        "whoever made it did not say so in time; it may belong to another execution");

    private static bool IsLongAgo(long since) => Stopwatch.GetElapsedTime(since) > s_patience;
}
