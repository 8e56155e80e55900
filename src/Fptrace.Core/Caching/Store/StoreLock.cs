using Fptrace.Linux.FileSystem;

namespace Fptrace.Caching.Store;

/// <summary>A hold on a lock file of the store (flock(2)), until it is disposed of or the process dies.</summary>
/// <remarks>Each holder opens the file anew, so that threads of one process exclude each other like
/// processes.</remarks>
internal sealed class StoreLock : IDisposable
{
    private int _descriptor;

    private StoreLock(int descriptor) => _descriptor = descriptor;

    /// <summary>Waits until nobody stands in the way.</summary>
    /// <param name="descriptor">Of the lock file or directory; owned by the lock from now on.</param>
    /// <param name="kind">Alone, or together with others that share it.</param>
    /// <param name="patience">How long to wait at most.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>Null when patience ran out, or the file system has no locks.</returns>
    public static StoreLock? Take(int descriptor, LockKind kind, TimeSpan patience, CancellationToken cancellation)
    {
        long start = Environment.TickCount64;
        int pause = 1;
        try
        {
            while (true)
            {
                int result = FilesAt.TryLock(descriptor, kind);
                if (result == 0)
                {
                    var taken = new StoreLock(descriptor);
                    descriptor = -1;
                    return taken;
                }

                if (result is not (-FilesAt.WouldBlock or -FilesAt.Interrupted)
                    || Environment.TickCount64 - start >= patience.TotalMilliseconds)
                {
                    return null;
                }

                // Not a blocking flock: that cannot be cancelled.
                cancellation.WaitHandle.WaitOne(pause);
                cancellation.ThrowIfCancellationRequested();
                pause = Math.Min(2 * pause, 50);
            }
        }
        finally
        {
            FilesAt.Close(descriptor);
        }
    }

    public void Dispose()
    {
        FilesAt.Close(_descriptor);
        _descriptor = -1;
    }
}
