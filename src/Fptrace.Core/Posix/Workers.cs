using System.Runtime.ExceptionServices;

namespace Fptrace.Posix;

/// <summary>Spreads work over threads of its own.</summary>
/// <remarks>Not the pool's: until that has started its first thread, two threads of ours have checked ten thousand
/// files.</remarks>
internal static class Workers
{
    // Nothing here recurses.
    private const int StackSize = 256 << 10;

    /// <summary>Threads to use for so many pieces of work: no more than there are processors, unless more are asked
    /// for.</summary>
    /// <param name="wanted">0: as many as there are processors.</param>
    /// <param name="pieces">Each worth a thread of its own.</param>
    public static int Count(int wanted, int pieces) =>
        Math.Min(wanted > 0 ? wanted : Environment.ProcessorCount, Math.Max(1, pieces));

    /// <summary>A thread that has started; the process does not wait for it.</summary>
    /// <returns>null when no more threads are to be had.</returns>
    public static Thread? TryStart(ThreadStart work, string name)
    {
        try
        {
            var thread = new Thread(work, StackSize) { IsBackground = true, Name = name };
            thread.Start();
            return thread;
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>Calls <paramref name="work"/> once for each number below <paramref name="count"/>, in order of their
    /// start; the caller's thread takes part.</summary>
    /// <exception cref="Exception">The first that <paramref name="work"/> threw: the others finish what they are at,
    /// and begin nothing more.</exception>
    public static void Run(int count, int threads, Action<int> work)
    {
        int next = -1;
        Run(threads, () =>
        {
            int i;
            while ((i = Interlocked.Increment(ref next)) < count)
            {
                work(i);
            }
        }, stop: () => Volatile.Write(ref next, count));
    }

    /// <summary>Calls <paramref name="work"/> on as many threads at once.</summary>
    /// <param name="threads">With the caller's.</param>
    /// <param name="work">Takes pieces until none is left.</param>
    /// <param name="stop">Called when one fails: leaves no piece to the others.</param>
    /// <exception cref="Exception">The first that <paramref name="work"/> threw.</exception>
    public static void Run(int threads, Action work, Action stop)
    {
        ExceptionDispatchInfo? fault = null;
        var others = new List<Thread>(threads - 1);
        while (others.Count < threads - 1 && TryStart(Guarded, "worker") is { } thread)
        {
            others.Add(thread);
        }

        Guarded();
        others.ForEach(thread => thread.Join());
        fault?.Throw();

        void Guarded()
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref fault, ExceptionDispatchInfo.Capture(e), null);
                stop();
            }
        }
    }
}
