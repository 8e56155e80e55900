using System.Diagnostics;

namespace Fptrace.Tracing;

/// <summary>The signals that reached the command's first process and were not yet matched with one that reached us. Thread-safe.</summary>
internal sealed class SignalLog
{
    // Both were sent at once; ours only had to find its thread, which takes long on a machine that has much to do.
    private static readonly TimeSpan s_together = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly long[] _last = new long[65];

    public void Add(int signal)
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
            long last = _last[signal & 63];
            _last[signal & 63] = 0;
            return last != 0 && Stopwatch.GetElapsedTime(last) < s_together;
        }
    }
}
