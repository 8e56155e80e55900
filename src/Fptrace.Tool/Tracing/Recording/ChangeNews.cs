using Fptrace.Model;

namespace Fptrace.Tracing.Recording;

/// <summary>Tells a witness what a change is about to replace, and its sink what became of a file besides.
/// Thread-safe.</summary>
/// <param name="witness">Looks at once.</param>
/// <param name="queue">To the sink.</param>
/// <param name="gate">The recorder's lock, which keeps the order.</param>
internal sealed class ChangeNews(IWitness witness, SinkQueue queue, Lock gate)
{
    /// <inheritdoc cref="IWitness.Changing"/>
    public void Changing(ReadOnlySpan<byte> path, in FileStamp before, AccessKind kind, bool truncates)
    {
        queue.CatchUp();
        witness.Changing(path, before, kind, truncates);
    }

    /// <summary>A file that was opened for reading and writing is about to be cut to nothing, and nothing was read by
    /// way of that open.</summary>
    /// <param name="path">Absolute.</param>
    public void Unread(ByteString path) => Tell(SinkEventKind.Unread, path);

    /// <summary>A file was cut to nothing, by the call that the tracee is about to return from: also one that the step
    /// has changed before.</summary>
    /// <param name="path">Absolute.</param>
    public void Emptied(ByteString path) => Tell(SinkEventKind.Emptied, path);

    private void Tell(SinkEventKind kind, ByteString path)
    {
        if (witness.See(path) is { } facts)
        {
            queue.AwaitRoom();
            lock (gate)
            {
                queue.Add(new SinkEvent(kind, facts));
            }
        }
    }
}
