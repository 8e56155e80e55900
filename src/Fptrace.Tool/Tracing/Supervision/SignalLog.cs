using System.Diagnostics;

namespace Fptrace.Tracing.Supervision;

/// <summary>
/// The signals that reached the command's first process and have no counterpart yet among those that reached the tool.
/// Thread-safe.
/// </summary>
internal sealed class SignalLog
{
    // The two are sent at once, but the thread that takes the tool's signal may be late on a busy machine.
    private static readonly TimeSpan s_together = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly long[] _last = new long[65];
    private readonly int[] _unmatched = new int[65];

    public void Add(int signal)
    {
        lock (_lock)
        {
            _last[signal & 63] = Stopwatch.GetTimestamp();

            // A stopped proxy reports its SIGTSTP only when it goes on. By then the command may have got another one.
            _unmatched[signal & 63] = signal == Linux.Headers.signal.SIGTSTP ? _unmatched[signal & 63] + 1 : 1;
        }
    }

    /// <summary>
    /// Makes the last signal count as new. Called when the job goes on: a proxy that was stopped could not report its
    /// own before.
    /// </summary>
    public void Refresh(int signal)
    {
        lock (_lock)
        {
            _last[signal & 63] = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>
    /// Whether the command got the signal together with the tool. Each signal in the log counts once.
    /// </summary>
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
