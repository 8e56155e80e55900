using Fptrace.Linux.Ptracing;

namespace Fptrace.Tracing.Fast;

/// <summary>How far a thread is with mapping our pages, from one stop to the next. Its process has no other.</summary>
internal abstract class Arming
{
    /// <summary>Whether it is resumed to the next entry to, or exit from, a system call.</summary>
    public abstract bool StopsAtCalls { get; }

    /// <summary>Called at the next stop of the thread.</summary>
    /// <param name="stop">The stop.</param>
    /// <param name="armed">Its memory, when the pages are there and filled.</param>
    /// <returns>What the stop is.</returns>
    public abstract ArmingStop Stopped(scoped in Stop stop, out ArmedMemory? armed);

    /// <summary>Called when the thread has ended.</summary>
    public virtual void Drop()
    {
    }
}
