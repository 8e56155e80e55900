using System.Diagnostics;
using Fptrace.Linux.Headers;

namespace Fptrace.Tracing.Supervision;

/// <summary>The signals that reached the command's first process and were not yet matched with one that reached us.
/// Thread-safe.</summary>
internal sealed class SignalLog
{
    // Both were sent at once; ours only had to find its thread, which takes long on a machine that has much to do.
    private static readonly TimeSpan s_together = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly long[] _last = new long[65];
    private readonly int[] _unmatched = new int[65];

    public void Add(int signal)
    {
        lock (_lock)
        {
            _last[signal & 63] = Stopwatch.GetTimestamp();

            // A proxy that was stopped tells of its SIGTSTP when it goes on, when there may have been another one.
            _unmatched[signal & 63] = signal == Linux.Headers.signal.SIGTSTP ? _unmatched[signal & 63] + 1 : 1;
        }
    }

    /// <summary>Nobody could match it until now: whoever got ours stood still.</summary>
    public void Refresh(int signal)
    {
        lock (_lock)
        {
            _last[signal & 63] = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Whether it got one together with ours; each counts once.</summary>
    public bool Claim(int signal)
    {
        lock (_lock)
        {
            if (Stopwatch.GetElapsedTime(_last[signal & 63]) >= s_together)
            {
                _unmatched[signal & 63] = 0;
            }

            bool got = _unmatched[signal & 63] > 0;
            _unmatched[signal & 63] = got ? _unmatched[signal & 63] - 1 : 0;
            return got;
        }
    }
}
