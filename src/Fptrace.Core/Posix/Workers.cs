using System.Runtime.ExceptionServices;

namespace Fptrace.Posix;

/// <summary>Spreads work over threads of its own.</summary>
/// <remarks>
/// It does not use the thread pool: before the pool has started its first thread, two threads of ours have checked ten
/// thousand files.
/// </remarks>
internal static class Workers
{
    // Small stacks are enough, since no work recurses.
    private const int StackSize = 256 << 10;

    /// <summary>
    /// The number of threads for some pieces of work: at most one for each processor, unless the caller asks for more.
    /// </summary>
    /// <param name="wanted">The number that the caller asks for; 0: as many as there are processors.</param>
    /// <param name="pieces">The number of pieces that are each worth a thread.</param>
    public static int Count(int wanted, int pieces) =>
        Math.Min(wanted > 0 ? wanted : Environment.ProcessorCount, Math.Max(1, pieces));

    /// <summary>Starts a thread for which the process does not wait at its end.</summary>
    /// <returns>Null when the system has no more threads.</returns>
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

    /// <summary>
    /// Calls <paramref name="work"/> once for each number below <paramref name="count"/>, in ascending order, on
    /// several threads, the caller's included.
    /// </summary>
    /// <exception cref="Exception">The first exception that <paramref name="work"/> threw. The other threads finish
    /// their current piece and begin no other.</exception>
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

    /// <summary>Calls <paramref name="work"/> once on each of several threads.</summary>
    /// <param name="threads">The number of threads, the caller's included.</param>
    /// <param name="work">Takes pieces until none is left.</param>
    /// <param name="stop">Called when a thread fails. It leaves no piece to the others.</param>
    /// <exception cref="Exception">The first exception that <paramref name="work"/> threw.</exception>
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
