using Fptrace.Linux.FileSystem;

namespace Fptrace.Caching.Store;

/// <summary>A lock on a file of the store (flock(2)), held until it is disposed of or the process dies.</summary>
/// <remarks>
/// A lock belongs to an open file description. Each holder opens the file anew, so that threads of one process exclude
/// each other as processes do.
/// </remarks>
internal sealed class StoreLock : IDisposable
{
    private int _descriptor;

    private StoreLock(int descriptor) => _descriptor = descriptor;

    /// <summary>Takes a lock, and waits while others hold it.</summary>
    /// <param name="descriptor">A descriptor of the lock file or directory. This method takes ownership.</param>
    /// <param name="kind">Shared with others, or exclusive.</param>
    /// <param name="patience">How long to wait at most.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>Null when the time is over, or the file system has no locks.</returns>
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

                // Poll, because a blocking flock cannot be cancelled.
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
