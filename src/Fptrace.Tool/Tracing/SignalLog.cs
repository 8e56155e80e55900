using System.Diagnostics;

namespace Fptrace.Tracing;

/// <summary>When each signal last reached the command's first process. Thread-safe.</summary>
/// <remarks>A terminal, or kill on a process group, signals the command and us alike; what it got already must not come twice.</remarks>
internal sealed class SignalLog
{
    private readonly long[] _last = new long[65];

    public void Add(int signal)
    {
        if ((uint)signal < (uint)_last.Length)
        {
            Volatile.Write(ref _last[signal], Stopwatch.GetTimestamp());
        }
    }

    public bool Holds(int signal, TimeSpan since)
    {
        long last = Volatile.Read(ref _last[signal]);
        return last != 0 && Stopwatch.GetElapsedTime(last) < since;
    }
}
