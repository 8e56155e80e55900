namespace Fptrace.Model;

/// <summary>Sees for a sink what will be gone, or another, when the sink comes to it.</summary>
/// <remarks>
/// The thread that handles a call asks it, while whoever makes the call stands still: several threads at once, and
/// under no lock, for a file system may not answer. What it has seen travels in the access
/// (<see cref="Access.Facts"/>).
/// </remarks>
public interface IWitness
{
    /// <summary>Counts the changes after which a path may lead elsewhere: what was seen under an older count is looked
    /// up again.</summary>
    int Version { get; }

    /// <summary>A directory, or a link to one, came under a name or went from it.</summary>
    void Moved();

    /// <param name="access">Not yet numbered, with its path.</param>
    /// <returns>Null where there is nothing to see.</returns>
    AccessFacts? See(in Access access);

    /// <summary>Where a path leads, and what stands there: of a program that was started, of a file that an event is
    /// about.</summary>
    /// <returns>Null where there is nothing to see.</returns>
    AccessFacts? See(ByteString path);

    /// <summary>A change is about to be made. Its call waits meanwhile, and the sink has got all that was recorded
    /// before.</summary>
    /// <param name="path">Absolute, as in the accesses that follow if the call succeeds.</param>
    /// <param name="before">What stands there; it exists.</param>
    /// <param name="kind">What is to be done: <see cref="AccessKind.Write"/>, <see cref="AccessKind.ReadWrite"/>,
    /// <see cref="AccessKind.RenameFrom"/>, <see cref="AccessKind.RenameTo"/>, <see cref="AccessKind.Delete"/> or
    /// <see cref="AccessKind.Attributes"/>.</param>
    /// <param name="truncates">The content is thrown away by the call.</param>
    void Changing(ReadOnlySpan<byte> path, in FileStamp before, AccessKind kind, bool truncates);
}
