using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests;

/// <summary>What a step left behind at a path: a file, a link, a directory, or any other node.</summary>
public sealed record StepOutput
{
    /// <summary>As <see cref="Observation.Path"/>.</summary>
    public required ByteString Path { get; init; }

    public required FileState State { get; init; }

    /// <summary>A link's target as written.</summary>
    public ByteString Target { get; init; }

    /// <summary>As <see cref="ExtraAttributes"/> tells; empty for what is usual, and where the run set none.</summary>
    public string Attributes { get; init; } = "";

    /// <summary>
    /// Of a directory whose names the run had seen, or taken along, before they became its own work, or would have
    /// removed: those that it left, as in a listing.
    /// </summary>
    public IReadOnlyList<ByteString>? Names { get; init; }

    /// <summary>What the run knew of the path before.</summary>
    public PriorState PriorState { get; init; }

    /// <summary>What stood there when the run began was not the command's own work: it took the place of something of
    /// somebody else.</summary>
    public bool IsOver { get; init; }

    /// <summary>What the run's first change of the path found, if that was an open.</summary>
    public OutputOpening Opening { get; init; }
}
