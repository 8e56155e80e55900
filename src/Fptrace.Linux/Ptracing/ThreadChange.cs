using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;

namespace Fptrace.Linux.Ptracing;

/// <summary>What wait4(2) reported of a tracee: it is stopped, or has ended.</summary>
/// <remarks>
/// Only <see cref="Wait"/> makes one. It may be kept, because a stopped thread stays stopped until it is resumed. A
/// <see cref="Stop"/> made of it offers the requests that need the stop.
/// </remarks>
internal readonly struct ThreadChange
{
    private readonly rusage _usage;

    private ThreadChange(int tid, WaitStatus status, in rusage usage)
    {
        Tid = tid;
        Status = status;
        _usage = usage;
    }

    public int Tid { get; }

    public WaitStatus Status { get; }

    public bool IsStop => Status.Stopped;

    /// <summary>The user time of an ended process, in microseconds.</summary>
    public long UserTimeUs => (_usage.ru_utime_sec * 1_000_000) + _usage.ru_utime_usec;

    /// <summary>The system time of an ended process, in microseconds.</summary>
    public long SystemTimeUs => (_usage.ru_stime_sec * 1_000_000) + _usage.ru_stime_usec;

    /// <summary>The maximum resident set of an ended process, in KiB.</summary>
    public long MaxRss => _usage.ru_maxrss;

    /// <summary>Waits for the next change of any child.</summary>
    /// <param name="change">The change.</param>
    /// <param name="mode">Whether to wait until there is one.</param>
    /// <param name="interrupted">Called whenever a signal interrupts the wait.</param>
    public static WaitAnswer Wait(out ThreadChange change, WaitMode mode, Action? interrupted = null)
    {
        int tid = Children.Wait(out WaitStatus status, out rusage usage, mode, interrupted);
        change = new ThreadChange(tid, status, usage);
        return tid > 0 ? WaitAnswer.Changed : tid == 0 ? WaitAnswer.Nothing : WaitAnswer.Nobody;
    }
}
