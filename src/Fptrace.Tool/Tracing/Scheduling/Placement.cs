using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Scheduling;

/// <summary>Which processors the ptrace thread and the tracees run on: one for all, while only one of them wants to run at a time.</summary>
/// <remarks>
/// A tracee that stops on another processor wakes ours from idle, and we wake its one again: 35 µs for a stop that takes 8 where both share one. A shell
/// that runs one program after the other has no use for the second. So they are pinned while the run queues say that they take turns, and let go
/// when two want to run at once, have threads, are many, or ask which processors they have: nobody ever sees that they were pinned.
/// Used by the ptrace thread, but for <see cref="MayPin"/> and the watch.
/// </remarks>
internal sealed class Placement
{
    private const int MostProcesses = 16;

    // While they are free: every so many events a look at the run queues, and of so many looks in a row so many that found nobody else.
    private const int Stride = 4;
    private const int Looks = 16;
    private const int EnoughAlone = 10;

    // Milliseconds that those looks may take: where stops are rare, nothing is gained.
    private const int Dense = 50;

    // While they are pinned: milliseconds between two looks, in how many of the last 16 several want to run, and how many in a row
    // see no event, until they are let go. A shell and its child both want to for a moment: in 2 of 16, two such shells in 10.
    private const int Watch = 4;
    private const int Crowded = 10;
    private const int Quiet = 25;

    // Milliseconds for which they stay free: the shortest after looks that found others; longer each time that they were pinned, unless that was for
    // long; the longest after one has asked.
    private const int ShortestPause = 25;
    private const int LongestPause = 1600;

    private readonly TraceeTable _tracees;
    private readonly HomeProcessor _home = new();
    private readonly Func<int>? _runnable;
    private readonly Func<int, bool> _isRunnable;
    private readonly Lazy<AutoResetEvent> _watch;
    private volatile bool _mayPin;
    private volatile bool _isPinned;
    private volatile bool _isOver;
    private volatile int _events;
    private ProcessorClaim? _claim;
    private int _looks;
    private int _alone;
    private long _firstLook;
    private long _pinnedAt;
    private long _pausedUntil;
    private int _pause = ShortestPause;

    /// <param name="tracees">Those of the ptrace thread.</param>
    /// <param name="plan">Without opens it would not be seen who reads in /proc where a thread may run: then nobody is pinned.</param>
    public Placement(TraceeTable tracees, TracePlan plan)
        : this(tracees, plan.Files && RunQueue.TryOpen() is { } queue ? () => queue.Count : null, tid => ProcessStatus.IsRunnable(ProcPath.Of(tid, "stat"u8)))
    {
    }

    /// <param name="tracees">Those of the ptrace thread.</param>
    /// <param name="runnable">How many threads of the machine run or wait to run, the caller among them; null when that is not known.</param>
    /// <param name="isRunnable">Whether a tracee runs or waits to run. Called by a thread of its own.</param>
    internal Placement(TraceeTable tracees, Func<int>? runnable, Func<int, bool> isRunnable)
    {
        _tracees = tracees;
        _runnable = runnable;
        _isRunnable = isRunnable;
        _mayPin = runnable is not null && _home.HasChoice;
        _watch = new(StartWatch);
    }

    /// <summary>Whether tracees are or may be pinned in this trace.</summary>
    public bool MayPin => _mayPin;

    internal bool IsPinned => _isPinned;

    /// <summary>The ptrace thread was woken for an event.</summary>
    public void Woken()
    {
        _home.Woken();
        int events = ++_events;
        if (_isPinned)
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

    /// <summary>Called before each wait for tracees, and when <see cref="Doorbell"/> rang.</summary>
    public void Serve()
    {
        if (_isOver && _isPinned)
        {
            Unpin();
        }
    }

    /// <summary>A thread was announced by its maker: it has the processors that its maker had.</summary>
    public void Born(Tracee maker, Tracee child)
    {
        child.Processors = maker.Processors;
        if (!_isPinned)
        {
            // It was made while its maker was pinned, and announced after that.
            Release(child);
        }
    }

    /// <summary>The event of a tracee was handled: whatever it makes from now on, it makes with its own processors.</summary>
    public void Heard(Tracee tracee)
    {
        if (!_isPinned)
        {
            tracee.Processors = null;
        }
    }

    /// <summary>A tracee is about to ask which processors it has.</summary>
    public void Asked()
    {
        Unpin();
        _pausedUntil = Environment.TickCount64 + LongestPause;
    }

    /// <summary>Processors, or a class of scheduling that would keep ours from the ptrace thread, are about to be chosen for a thread.</summary>
    public void Chosen(int tid)
    {
        Forbid();
        if (_tracees.Find(tid) is { } tracee)
        {
            tracee.Processors = null;
        }
    }

    /// <summary>A tracee is about to see the processors of any, or to become somebody whom we may not confine: from now on all are left alone.</summary>
    public void Forbid()
    {
        Unpin();
        _mayPin = false;
    }

    /// <summary>No tracee is left.</summary>
    public void Leave()
    {
        _isPinned = false;
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
        _isOver = false;
        _isPinned = true;
        _watch.Value.Set();
    }

    private void Unpin()
    {
        if (!_isPinned)
        {
            return;
        }

        _isPinned = false;
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
        // What somebody else has chosen for it meanwhile stands.
        if (tracee.Processors is { } own && ProcessorMask.Of(tracee.Tid) is { Count: 1 })
        {
            own.Confine(tracee.Tid);
        }
    }

    private bool SeveralWantToRun()
    {
        bool one = false;
        foreach (Tracee tracee in _tracees.All())
        {
            if (_isRunnable(tracee.Tid))
            {
                if (one)
                {
                    return true;
                }

                one = true;
            }
        }

        return false;
    }

    private AutoResetEvent StartWatch()
    {
        var pinned = new AutoResetEvent(initialState: false);
        new Thread(() => WatchTurns(pinned), maxStackSize: 128 * 1024) { IsBackground = true, Name = "placement" }.Start();
        return pinned;
    }

    /// <summary>Says when those who are pinned no longer take turns. The ptrace thread may be about to wait, and not hear the bell: then the next look rings again.</summary>
    private void WatchTurns(AutoResetEvent pinned)
    {
        while (pinned.WaitOne())
        {
            ushort crowded = 0;
            int quiet = 0;
            int seen = _events;
            while (_isPinned)
            {
                Thread.Sleep(Watch);
                crowded = (ushort)((crowded << 1) | (SeveralWantToRun() ? 1 : 0));
                quiet = _events == seen ? quiet + 1 : 0;
                seen = _events;
                if (ushort.PopCount(crowded) >= Crowded || quiet >= Quiet)
                {
                    _isOver = true;
                    Doorbell.Ring();
                }
            }
        }
    }
}
