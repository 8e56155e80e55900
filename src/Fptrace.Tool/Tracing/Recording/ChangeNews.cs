using Fptrace.Model;

namespace Fptrace.Tracing.Recording;

/// <summary>
/// Tells a witness what a change is about to replace, and the sink what else became of a file. Thread-safe.
/// </summary>
/// <param name="witness">Looks at the file at once.</param>
/// <param name="queue">Leads to the sink.</param>
/// <param name="gate">The recorder's lock, which keeps the order.</param>
internal sealed class ChangeNews(IWitness witness, SinkQueue queue, Lock gate)
{
    /// <inheritdoc cref="IWitness.Changing"/>
    public void Changing(ReadOnlySpan<byte> path, in FileStamp before, AccessKind kind, bool truncates)
    {
        queue.CatchUp();
        witness.Changing(path, before, kind, truncates);
    }

    /// <summary>
    /// Called when a file that was opened for reading and writing is about to be truncated to nothing, before anything
    /// was read through that descriptor.
    /// </summary>
    /// <param name="path">The absolute path of the file.</param>
    public void Unread(ByteString path) => Tell(SinkEventKind.Unread, path);

    /// <summary>
    /// Called when a file was truncated to nothing by the call from which the tracee is about to return.
    /// </summary>
    /// <remarks>Also for a file that the step has changed before.</remarks>
    /// <param name="path">The absolute path of the file.</param>
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
