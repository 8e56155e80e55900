using System.Diagnostics;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;

namespace Fptrace.Tracing.Supervision;

/// <summary>Threads whose first stop or whose end came before the event of the thread that made them.</summary>
/// <remarks>The event may never come: a thread that is killed between its clone and its event announces no child.</remarks>
internal sealed class Newborns
{
    // How long a maker's event may be on its way.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, (WaitStatus Status, long Since)> _stopped = [];
    private readonly Dictionary<int, (WaitStatus Status, rusage Usage, long Since)> _ended = [];
    private int _mostEnded = 256;

    /// <summary>Some stand still and wait to be claimed.</summary>
    public bool Wait => _stopped.Count > 0;

    public void Stopped(int tid, WaitStatus status)
    {
        // An earlier one of the same number is long gone, and its maker with it.
        _ended.Remove(tid);
        _stopped[tid] = (status, Stopwatch.GetTimestamp());
    }

    public void Ended(int tid, WaitStatus status, in rusage usage)
    {
        _stopped.Remove(tid);
        _ended[tid] = (status, usage, Stopwatch.GetTimestamp());
        if (_ended.Count > _mostEnded)
        {
            foreach (int forgotten in _ended.Where(end => Stopwatch.GetElapsedTime(end.Value.Since) > s_patience).Select(end => end.Key).ToArray())
            {
                _ended.Remove(forgotten);
            }

            _mostEnded = Math.Max(256, 2 * _ended.Count);
        }
    }

    public bool TakeStopped(int tid, out WaitStatus status)
    {
        bool taken = _stopped.Remove(tid, out (WaitStatus Status, long Since) stop);
        status = stop.Status;
        return taken;
    }

    /// <summary>The end of a thread that its maker announces only now.</summary>
    public bool TakeEnded(int tid, out WaitStatus status, out rusage usage)
    {
        bool taken = _ended.Remove(tid, out (WaitStatus Status, rusage Usage, long Since) end);
        (status, usage) = (end.Status, end.Usage);
        return taken;
    }

    /// <summary>Those that have waited so long that nobody will claim them.</summary>
    public List<int> Orphans() =>
        [.. _stopped.Where(newborn => Stopwatch.GetElapsedTime(newborn.Value.Since) > s_patience).Select(newborn => newborn.Key)];
}
