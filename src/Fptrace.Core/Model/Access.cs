namespace Fptrace.Model;

/// <summary>The first access of its kind by one execution to one path.</summary>
/// <param name="Order">Position among all accesses of the trace, counting from 1.</param>
/// <param name="TimeNs">Nanoseconds since the trace began.</param>
/// <param name="Kind">What was done.</param>
/// <param name="Path">Absolute; <c>/dev/stdin</c> and its like, or <c>/dev/fptrace/pipe/N</c>, for what has no
/// path.</param>
/// <param name="Counterpart">The other name of a rename, link or symlink; empty otherwise. Of
/// <see cref="AccessKind.Probe"/>: the path was to be renamed to it, which is another name of the same file, and so
/// nothing happened.</param>
/// <param name="Type">What stands at the path after the access (before it, for a deletion).</param>
/// <param name="Truncates">The content before the access was thrown away by it (O_TRUNC, or truncate to 0). Of
/// <see cref="AccessKind.Create"/>: had something stood there, it would have been thrown away, or the call would have
/// failed (O_TRUNC, O_EXCL, link).</param>
/// <param name="Before">A change: what stood there just before it. A read or probe: what stood there then.</param>
public readonly record struct Access(
    long Order,
    long TimeNs,
    AccessKind Kind,
    ByteString Path,
    ByteString Counterpart,
    FileType Type,
    bool Truncates,
    FileStamp Before)
{
    /// <summary>What made the path would have failed if anything had stood there (O_EXCL, mkdir, link, RENAME_NOREPLACE
    /// and their like).</summary>
    public bool IsExclusive { get; init; }

    /// <summary>Opened so that nothing can be read through the descriptor (O_WRONLY).</summary>
    public bool IsWriteOnly { get; init; }

    /// <summary>Of an open that makes a file where none stands (O_CREAT): the permission bits that it asks for; null of
    /// one that does not.</summary>
    public uint? Makes { get; init; }

    /// <summary>Of <see cref="AccessKind.Absent"/>: asked for the name itself, be it a link (AT_SYMLINK_NOFOLLOW), as
    /// whoever is about to remove it does.</summary>
    public bool AsksForName { get; init; }

    /// <summary>What else was seen while whoever made it stood still; null where no sink has a witness
    /// (<see cref="ITraceSink.Witness"/>).</summary>
    public AccessFacts? Facts { get; init; }

    /// <summary>Afterwards a path may lead elsewhere: a directory, or a link to one, came under a name or went from
    /// it.</summary>
    public bool MovesNames =>
        Kind is AccessKind.Delete or AccessKind.RenameFrom or AccessKind.RenameTo or AccessKind.LinkTo
            or AccessKind.Symlink
        && (LeadsOn(Type) || LeadsOn(Before.Type));

    private static bool LeadsOn(FileType type) => type is FileType.Symlink or FileType.Directory;
}
