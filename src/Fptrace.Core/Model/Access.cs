namespace Fptrace.Model;

/// <summary>The first access of its kind by one execution to one path.</summary>
/// <param name="Order">Position among all accesses of the trace, counting from 1.</param>
/// <param name="TimeNs">Nanoseconds since the trace began.</param>
/// <param name="Kind">What was done.</param>
/// <param name="Path">Absolute. What has no path is called <c>/dev/stdin</c> or the like, or
/// <c>/dev/fptrace/pipe/N</c>.</param>
/// <param name="Counterpart">The other name of a rename, link or symlink; otherwise empty. With
/// <see cref="AccessKind.Probe"/>: the new name of a rename that did nothing, because both names are one file.</param>
/// <param name="Type">What exists at the path after the access; before it, for a deletion.</param>
/// <param name="Truncates">The access discarded the earlier content (O_TRUNC, or a truncation to 0). With
/// <see cref="AccessKind.Create"/>: the call would have discarded earlier content, or failed because of it (O_TRUNC,
/// O_EXCL, link).</param>
/// <param name="Before">What existed at the path just before a change, or at the time of a read or probe.</param>
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
    /// <summary>The call would have failed if anything had existed at the path (O_EXCL, mkdir, link, ...).</summary>
    public bool IsExclusive { get; init; }

    /// <summary>The descriptor was opened without the right to read (O_WRONLY).</summary>
    public bool IsWriteOnly { get; init; }

    /// <summary>The permission bits that an open with O_CREAT asks for; null for any other access.</summary>
    public uint? Makes { get; init; }

    /// <summary>Whether the call does not follow a final link (AT_SYMLINK_NOFOLLOW).</summary>
    /// <remarks>A program asks this way before it removes the name.</remarks>
    public bool AsksForName { get; init; }

    /// <summary>
    /// What a witness saw while the tracee stood still; null where no sink has a witness
    /// (<see cref="ITraceSink.Witness"/>).
    /// </summary>
    public AccessFacts? Facts { get; init; }

    /// <summary>
    /// Whether paths may lead elsewhere afterwards: the access made or removed a name of a directory or of a link.
    /// </summary>
    public bool MovesNames =>
        Kind is AccessKind.Delete or AccessKind.RenameFrom or AccessKind.RenameTo or AccessKind.LinkTo
            or AccessKind.Symlink
        && (LeadsOn(Type) || LeadsOn(Before.Type));

    private static bool LeadsOn(FileType type) => type is FileType.Symlink or FileType.Directory;
}
