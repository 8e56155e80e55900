namespace Fptrace.Model;

/// <summary>What a witness saw of an access while the tracee stood still. It never changes afterwards.</summary>
public sealed class AccessFacts
{
    /// <summary>Where the path leads if a final link is followed; null where nobody looked.</summary>
    public SeenPath? Followed { get; init; }

    /// <summary>Where the path leads if a final link is kept; null where nobody looked.</summary>
    public SeenPath? Named { get; init; }

    /// <summary>
    /// Where <see cref="Access.Counterpart"/> leads if a final link is kept; null where nobody looked.
    /// </summary>
    public SeenPath? Counterpart { get; init; }

    /// <summary>
    /// After a change: what exists at the path. For a program, or a link that was asked for: what exists where it
    /// leads.
    /// </summary>
    public FileStamp Stamp { get; init; }

    /// <summary>
    /// For a listing: the names in the directory, sorted, each with its type. Null where they could not be read, or an
    /// earlier access has them.
    /// </summary>
    public IReadOnlyList<ByteString>? Names { get; init; }

    /// <summary>Whether the names of a listed directory could not be read.</summary>
    public bool IsUnreadable { get; init; }

    /// <summary>For a directory that a rename brought: everything in it, each directory before its content.</summary>
    public IReadOnlyList<SeenEntry> Below { get; init; } = [];
}
