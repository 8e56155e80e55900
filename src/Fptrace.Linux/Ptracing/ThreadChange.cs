using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;

namespace Fptrace.Linux.Ptracing;

/// <summary>What wait4(2) told of a thread that is traced: it stands still, or it has ended.</summary>
/// <remarks>
/// Only the wait makes one. It can be kept for later, for a thread that stands still does so until it is let go: a
/// <see cref="Stop"/> made of it has the requests for that.
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

    /// <summary>What a process that ended has used: microseconds in user mode.</summary>
    public long UserTimeUs => (_usage.ru_utime_sec * 1_000_000) + _usage.ru_utime_usec;

    /// <summary>The same inside the kernel.</summary>
    public long SystemTimeUs => (_usage.ru_stime_sec * 1_000_000) + _usage.ru_stime_usec;

    /// <summary>Its largest resident set, in kilobytes.</summary>
    public long MaxRss => _usage.ru_maxrss;

    /// <summary>Waits for the next change of any child.</summary>
    /// <param name="change">What changed.</param>
    /// <param name="block">Wait until there is one.</param>
    /// <param name="interrupted">Called whenever a signal interrupts the wait.</param>
    public static WaitAnswer Wait(out ThreadChange change, bool block, Action? interrupted = null)
    {
        int tid = Children.Wait(-1, out WaitStatus status, out rusage usage, block, interrupted);
        change = new ThreadChange(tid, status, usage);
        return tid > 0 ? WaitAnswer.Changed : tid == 0 ? WaitAnswer.Nothing : WaitAnswer.Nobody;
    }
}
