using System.Diagnostics;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Threads that stop or end before the event of the thread that made them.</summary>
/// <remarks>
/// The event may never come: a thread that is killed between its clone and its event announces no child. Then its child
/// is adopted: it is taken to belong where it seems to.
/// </remarks>
internal sealed class NewTracees(Recorder recorder)
{
    // How long a maker's event may be on its way.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, (ThreadChange First, long Since)> _stopped = [];
    private readonly Dictionary<int, (ThreadChange End, long Since)> _ended = [];

    /// <summary>Those that were adopted, and the executions that they were taken to belong to.</summary>
    private readonly Dictionary<int, ExecutionState> _adopted = [];

    private int _mostEnded = 256;
    private bool _makerMayBeGone;

    /// <summary>Some stand still and wait to be claimed.</summary>
    public bool Wait => _stopped.Count > 0;

    /// <summary>Some wait for an event that may never come, and nothing to come wakes us for them.</summary>
    public bool MayBeOrphans => _makerMayBeGone &= Wait;

    /// <param name="first">Its first stop.</param>
    /// <param name="makerMayBeGone">Whoever made it may have ended before.</param>
    public void Stopped(in ThreadChange first, bool makerMayBeGone)
    {
        // An earlier one of the same number is long gone, and its maker with it.
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

    /// <summary>A tracee ended, which may have made some of them.</summary>
    public void MakerMayHaveEnded() => _makerMayBeGone |= Wait;

    public bool TakeStopped(int tid, out ThreadChange first)
    {
        bool taken = _stopped.Remove(tid, out (ThreadChange First, long Since) stop);
        first = stop.First;
        return taken;
    }

    /// <summary>The end of a thread that its maker announces only now.</summary>
    public bool TakeEnded(int tid, out ThreadChange change)
    {
        bool taken = _ended.Remove(tid, out (ThreadChange End, long Since) end);
        change = end.End;
        return taken;
    }

    /// <summary>Those that have waited so long that nobody will claim them.</summary>
    public List<int> Orphans() =>
        [.. _stopped.Where(newTracee => IsLongAgo(newTracee.Value.Since)).Select(newTracee => newTracee.Key)];

    /// <summary>It goes on without its maker's event.</summary>
    public void Adopt(Tracee child) => _adopted[child.Tid] = child.Execution;

    /// <summary>The maker of one that was adopted says so at last.</summary>
    /// <param name="tid">The one that it made.</param>
    /// <param name="taken">The execution that it was taken to belong to.</param>
    public bool TakeAdopted(int tid, out ExecutionState? taken) => _adopted.Remove(tid, out taken);

    /// <summary>A thread is over. If it was adopted, whoever made it has not said so.</summary>
    public void Unclaimed(Tracee tracee)
    {
        if (_adopted.Remove(tracee.Tid))
        {
            MayBeForeign(tracee.Tgid);
        }
    }

    /// <summary>Puts into the verdict that a process may have been taken for what it is not.</summary>
    public void MayBeForeign(int tgid) => recorder.AddReason(
        IncompleteReason.LostProcess, tgid,
        "whoever made it did not say so in time; it may belong to another execution");

    private static bool IsLongAgo(long since) => Stopwatch.GetElapsedTime(since) > s_patience;
}
