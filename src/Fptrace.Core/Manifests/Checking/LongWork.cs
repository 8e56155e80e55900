using Fptrace.Model;

namespace Fptrace.Manifests.Checking;

/// <summary>Tells of reading and copying that takes long, while it goes on. One at a time in a process.</summary>
/// <remarks>Whoever reads looks at the clock: what is over within moments costs no timer and no thread.</remarks>
public static class LongWork
{
    private static volatile Action<long, string>? s_tell;
    private static long s_bytes;
    private static long s_next;
    private static int s_interval;

    // 1 while a thread tells. No lock: the runtime takes 0.3 ms to make its first one, a tenth of a small check.
    private static int s_telling;
    private static volatile string s_file = "";

    /// <param name="tell">Called with the bytes until then and the large file that is read; by one thread at a
    /// time.</param>
    /// <param name="patience">Milliseconds until the first call.</param>
    /// <param name="interval">Milliseconds between two calls; 0 for a single one.</param>
    public static void Begin(Action<long, string> tell, int patience, int interval)
    {
        Volatile.Write(ref s_bytes, 0);
        s_interval = interval;
        Volatile.Write(ref s_next, Environment.TickCount64 + patience);
        s_tell = tell;
    }

    /// <summary>When it returns nothing is told any more.</summary>
    public static void End()
    {
        s_tell = null;
        while (Volatile.Read(ref s_telling) != 0)
        {
            Thread.Yield();
        }
    }

    /// <summary>A file of more than a moment is next; nothing: it is read. It may have begun while nobody wanted to
    /// know.</summary>
    internal static void Reads(ReadOnlySpan<byte> path) =>
        s_file = path.IsEmpty ? "" : Words.Of(new Model.ByteString(path.TrimEnd((byte)0)));

    /// <summary>So many bytes are done.</summary>
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
                tell(Volatile.Read(ref s_bytes), s_file);
            }
        }
        finally
        {
            Volatile.Write(ref s_telling, 0);
        }
    }
}
