using Fptrace.Linux.Processes;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Scheduling;

/// <summary>Looks, on a thread of its own, whether tracees that are pinned to one processor still take turns.</summary>
/// <param name="tracees">The tracees of the ptrace thread, which alone calls this class.</param>
/// <param name="isRunnable">Whether a tracee runs or waits to run.</param>
internal sealed class TurnWatch(TraceeTable tracees, Func<int, bool> isRunnable)
{
    // Milliseconds between two looks. The turns are over when so many of the last 16 looks find several that want to
    // run (2 with one shell, 10 with two), when the last five do (two compilers), or when so many in a row see no
    // event.
    private const int Interval = 4;
    private const int Crowded = 10;
    private const int LastFive = 0x1f;
    private const int Quiet = 25;

    private AutoResetEvent? _started;
    private volatile bool _isOn;
    private volatile bool _areOver;
    private volatile int _events;

    public bool IsOn => _isOn;

    /// <summary>Whether the tracees no longer take turns. When that is found, <see cref="Doorbell"/> rings.</summary>
    public bool AreOver => _areOver;

    /// <returns>How many events there have been.</returns>
    public int CountEvent() => ++_events;

    public void Start()
    {
        _areOver = false;
        _isOn = true;
        _started ??= StartThread();
        _started.Set();
    }

    public void Stop() => _isOn = false;

    private bool SeveralWantToRun()
    {
        bool one = false;
        foreach (Tracee tracee in tracees.All())
        {
            if (isRunnable(tracee.Tid))
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

    private AutoResetEvent StartThread()
    {
        var started = new AutoResetEvent(initialState: false);
        new Thread(() => Watch(started), maxStackSize: 128 * 1024) { IsBackground = true, Name = "affinity" }.Start();
        return started;
    }

    // Rings when the pinned tracees no longer take turns. The ptrace thread may be about to wait and miss that. The
    // next look then rings again.
    private void Watch(AutoResetEvent started)
    {
        while (started.WaitOne())
        {
            ushort crowded = 0;
            int quiet = 0;
            int seen = _events;
            while (_isOn)
            {
                // The kernel tells nobody that several threads want to run. So this thread looks at intervals.
                Thread.Sleep(Interval);
                crowded = (ushort)((crowded << 1) | (SeveralWantToRun() ? 1 : 0));
                quiet = _events == seen ? quiet + 1 : 0;
                seen = _events;
                if (ushort.PopCount(crowded) >= Crowded || (crowded & LastFive) == LastFive || quiet >= Quiet)
                {
                    _areOver = true;
                    Doorbell.Ring();
                }
            }
        }
    }
}
