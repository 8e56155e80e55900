using Fptrace.Model;

namespace Fptrace.Manifests.Checking;

/// <summary>Reports reading and copying that takes long, while it goes on. There is one report at a time.</summary>
/// <remarks>The thread that reads looks at the clock, so short work needs neither a timer nor a thread.</remarks>
public static class LongWork
{
    private static volatile Action<long, string>? s_tell;
    private static long s_bytes;
    private static long s_next;
    private static int s_interval;

    // 1 while a thread reports. A Lock would do, but the runtime takes 0.3 ms for its first one: a tenth of a small
    // check.
    private static int s_telling;

    // Whoever reads a large file reports, too. Another thread may be done with one of its own meanwhile.
    [ThreadStatic]
    private static string? s_file;

    /// <param name="tell">Called with the number of bytes so far and the large file that is read, by one thread at a
    /// time.</param>
    /// <param name="patience">Milliseconds until the first report.</param>
    /// <param name="interval">Milliseconds between two reports; 0: only one report.</param>
    public static void Begin(Action<long, string> tell, int patience, int interval)
    {
        Volatile.Write(ref s_bytes, 0);
        s_interval = interval;
        Volatile.Write(ref s_next, Environment.TickCount64 + patience);
        s_tell = tell;
    }

    /// <summary>Ends the reports. After it returns, none is running or will come.</summary>
    public static void End()
    {
        s_tell = null;
        while (Volatile.Read(ref s_telling) != 0)
        {
            Thread.Yield();
        }
    }

    /// <summary>Sets the large file that this thread reads; empty when it is done.</summary>
    /// <remarks>Callers set it even when nobody listens, since a report may begin while the file is read.</remarks>
    internal static void Reads(ReadOnlySpan<byte> path) =>
        s_file = path.IsEmpty ? "" : Words.Of(new Model.ByteString(path.TrimEnd((byte)0)));

    /// <summary>Adds bytes that are done, and reports if it is time.</summary>
    internal static void Add(long bytes)
    {
        if (s_tell is null)
        {
            return;
        }

        Interlocked.Add(ref s_bytes, bytes);
        if (Environment.TickCount64 < Volatile.Read(ref s_next)
            || Interlocked.CompareExchange(ref s_telling, 1, 0) != 0)
        {
            return;
        }

        try
        {
            if (s_tell is { } tell && Environment.TickCount64 >= s_next)
            {
                Volatile.Write(ref s_next, s_interval > 0 ? Environment.TickCount64 + s_interval : long.MaxValue);
                tell(Volatile.Read(ref s_bytes), s_file ?? "");
            }
        }
        finally
        {
            Volatile.Write(ref s_telling, 0);
        }
    }
}
