using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Scheduling;

/// <summary>Keeps the ptrace thread and the tracees on one processor, while they take turns.</summary>
/// <remarks>
/// A tracee on another processor wakes ours from idle when it stops, and we wake its one again: 35 µs for a stop that
/// takes 8 where both share one. A shell that runs one program after the other has no use for the second processor. So
/// the tracees are pinned while the run queues say that they take turns. They are let go when two want to run at once,
/// when they have threads or are many, and before one asks which processors it has: no tracee ever sees that it was
/// pinned. All but <see cref="MayPin"/> and the watch runs on the ptrace thread.
/// </remarks>
internal sealed class ProcessorAffinity
{
    private const int MostProcesses = 16;

    // While the tracees are free: every how many events the run queues are looked at, how many looks make a round, and
    // how many looks of a round must find nobody else who wants to run.
    private const int Stride = 4;
    private const int Looks = 16;
    private const int EnoughAlone = 10;

    // The longest time for such a round, in milliseconds. Where stops are rarer, pinning gains nothing.
    private const int Dense = 50;

    // Milliseconds for which the tracees stay free: the shortest after looks that found others; twice as long each time
    // that they were let go after a short while; the longest after a tracee has asked for its processors.
    private const int ShortestPause = 25;
    private const int LongestPause = 1600;

    private readonly TraceeTable _tracees;
    private readonly HomeProcessor _home = new();
    private readonly Func<int>? _runnable;
    private readonly TurnWatch _turns;
    private volatile bool _mayPin;
    private ProcessorClaim? _claim;
    private int _looks;
    private int _alone;
    private long _firstLook;
    private long _pinnedAt;
    private long _pausedUntil;
    private int _pause = ShortestPause;

    /// <param name="tracees">The tracees of the ptrace thread.</param>
    /// <param name="plan">Without <see cref="TracePlan.Files"/> nobody is pinned: a tracee could open /proc/PID/status
    /// unseen, and read there where a thread may run.</param>
    public ProcessorAffinity(TraceeTable tracees, TracePlan plan)
        : this(tracees, plan.Files && RunQueue.TryOpen() is { } queue ? () => queue.Count : null,
            tid => ProcessStatus.IsRunnable(ProcPath.Of(tid, "stat"u8)))
    {
    }

    /// <param name="tracees">The tracees of the ptrace thread.</param>
    /// <param name="runnable">How many threads of the machine run or wait to run, with the caller; null if
    /// unknown.</param>
    /// <param name="isRunnable">Whether a tracee runs or waits to run. The watch calls it on its own thread.</param>
    internal ProcessorAffinity(TraceeTable tracees, Func<int>? runnable, Func<int, bool> isRunnable)
    {
        _tracees = tracees;
        _runnable = runnable;
        _turns = new(tracees, isRunnable);
        _mayPin = runnable is not null && _home.HasChoice;
    }

    /// <summary>Whether tracees are or may be pinned in this trace.</summary>
    public bool MayPin => _mayPin;

    internal bool IsPinned => _turns.IsOn;

    /// <summary>Called when an event has woken the ptrace thread.</summary>
    public void Woken()
    {
        _home.Woken();
        int events = _turns.CountEvent();
        if (IsPinned)
        {
            if (IsMultitude)
            {
                Unpin();
            }
        }
        else if (_mayPin && events % Stride == 0)
        {
            Look();
        }
    }

    /// <summary>Called before each wait for tracees, and after <see cref="Doorbell"/> has rung.</summary>
    public void Serve()
    {
        if (_turns.AreOver && IsPinned)
        {
            Unpin();
        }
    }

    /// <summary>
    /// Called when a thread's maker announces it. The new thread has the processors that its maker had.
    /// </summary>
    public void Born(Tracee maker, Tracee child)
    {
        child.Processors = maker.Processors;
        if (!IsPinned)
        {
            // The maker was pinned when it made the child, and is free when it announces it.
            Release(child);
        }
    }

    /// <summary>Called after an event. From now on a free tracee makes children with its own processors.</summary>
    public void Heard(Tracee tracee)
    {
        if (!IsPinned)
        {
            tracee.Processors = null;
        }
    }

    /// <summary>Called before a tracee asks which processors it has.</summary>
    public void Asked()
    {
        Unpin();
        _pausedUntil = Environment.TickCount64 + LongestPause;
    }

    /// <summary>Called before a thread chooses processors, or a class that could starve the ptrace thread.</summary>
    public void Chosen(int tid)
    {
        Forbid();
        if (_tracees.Find(tid) is { } tracee)
        {
            tracee.Processors = null;
        }
    }

    /// <summary>Lets all go and pins none again, before a tracee could see that, or changes its user.</summary>
    public void Forbid()
    {
        Unpin();
        _mayPin = false;
    }

    /// <summary>Called when no tracee is left.</summary>
    public void Leave()
    {
        _turns.Stop();
        _claim?.Dispose();
        _home.Leave();
    }

    private bool IsMultitude => _tracees.Threads > 0 || _tracees.Count > MostProcesses;

    private void Look()
    {
        long now = Environment.TickCount64;
        if (now < _pausedUntil)
        {
            return;
        }

        if (_looks == 0)
        {
            _firstLook = now;
        }

        _alone += !IsMultitude && _runnable!() == 1 ? 1 : 0;
        if (++_looks < Looks)
        {
            return;
        }

        if (_alone >= EnoughAlone && now - _firstLook <= Dense)
        {
            Pin(now);
        }
        else
        {
            _pausedUntil = now + ShortestPause;
        }

        _looks = _alone = 0;
    }

    private void Pin(long now)
    {
        if (_home.Place is not { } place || ProcessorClaim.TryTake(place.First) is not { } claim)
        {
            _pausedUntil = now + ShortestPause;
            return;
        }

        foreach (Tracee tracee in _tracees.All())
        {
            if (ProcessorMask.Of(tracee.Tid) is { } own && own.Contains(place) && place.Confine(tracee.Tid))
            {
                tracee.Processors = own;
            }
        }

        _claim = claim;
        _home.IsHeld = true;
        _pinnedAt = now;
        _turns.Start();
    }

    private void Unpin()
    {
        if (!IsPinned)
        {
            return;
        }

        _turns.Stop();
        _home.IsHeld = false;
        _claim?.Dispose();
        foreach (Tracee tracee in _tracees.All())
        {
            Release(tracee);
        }

        long now = Environment.TickCount64;
        _pause = now - _pinnedAt > 10 * _pause ? ShortestPause : Math.Min(2 * _pause, LongestPause);
        _pausedUntil = now + _pause;
    }

    private static void Release(Tracee tracee)
    {
        // If somebody else has chosen processors for the tracee meanwhile, those stand.
        if (tracee.Processors is { } own && ProcessorMask.Of(tracee.Tid) is { Count: 1 })
        {
            own.Confine(tracee.Tid);
        }
    }
}
