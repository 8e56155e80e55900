namespace Fptrace.Model;

/// <summary>What a witness saw of an access while whoever made it stood still. Never changed afterwards.</summary>
public sealed class AccessFacts
{
    /// <summary>Where the path leads, a link at its end followed; null where nobody looked.</summary>
    public SeenPath? Followed { get; init; }

    /// <summary>The name itself, be it a link; null where nobody looked.</summary>
    public SeenPath? Named { get; init; }

    /// <summary>The same of <see cref="Access.Counterpart"/>.</summary>
    public SeenPath? Counterpart { get; init; }

    /// <summary>A change: what stands there after it. A program, or a link that was asked for: what stands where it
    /// leads.</summary>
    public FileStamp Stamp { get; init; }

    /// <summary>A listing: the names in the directory, sorted, each with its type; null where they could not be read,
    /// or were seen before.</summary>
    public IReadOnlyList<ByteString>? Names { get; init; }

    /// <summary>A listing whose names could not be read.</summary>
    public bool IsUnreadable { get; init; }

    /// <summary>A directory that came by a rename: all that stands in it, each before what it holds.</summary>
    public IReadOnlyList<SeenEntry> Below { get; init; } = [];
}
