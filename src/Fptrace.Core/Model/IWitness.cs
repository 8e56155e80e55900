namespace Fptrace.Model;

/// <summary>Looks for a sink at what will have changed or gone when the sink receives the access.</summary>
/// <remarks>
/// The thread that handles a call asks the witness while the tracee stands still. Several threads ask at once, and
/// under no lock, since a file system may not answer. The access carries what the witness saw
/// (<see cref="Access.Facts"/>).
/// </remarks>
public interface IWitness
{
    /// <summary>
    /// Counts the changes after which a path may lead elsewhere. What was seen under an older count must be looked up
    /// again.
    /// </summary>
    int Version { get; }

    /// <summary>A directory, or a link to one, was given a name or lost one.</summary>
    void Moved();

    /// <param name="access">The access, with its path. It has no number yet.</param>
    /// <returns>Null where the sink needs nothing.</returns>
    AccessFacts? See(in Access access);

    /// <summary>
    /// Where the path of a started program, or of a file that an event is about, leads, and what exists there.
    /// </summary>
    /// <returns>Null where the sink needs nothing.</returns>
    AccessFacts? See(ByteString path);

    /// <summary>The same if the caller has just looked what exists there.</summary>
    AccessFacts? See(ByteString path, in FileStamp stamp);

    /// <summary>
    /// A call is about to make a change, and waits until this method returns. The sink has received every access
    /// recorded before.
    /// </summary>
    /// <param name="path">Absolute, as in the accesses that follow if the call succeeds.</param>
    /// <param name="before">What exists there. It is never absent.</param>
    /// <param name="kind">The change: <see cref="AccessKind.Write"/>, <see cref="AccessKind.ReadWrite"/>,
    /// <see cref="AccessKind.RenameFrom"/>, <see cref="AccessKind.RenameTo"/>, <see cref="AccessKind.Delete"/> or
    /// <see cref="AccessKind.Attributes"/>.</param>
    /// <param name="truncates">Whether the call discards the content.</param>
    void Changing(ReadOnlySpan<byte> path, in FileStamp before, AccessKind kind, bool truncates);
}
