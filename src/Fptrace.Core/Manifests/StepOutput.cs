using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests;

/// <summary>What a step left at a path: a file, a link, a directory, or any other node.</summary>
public sealed record StepOutput
{
    /// <summary>The path in its stored form (<see cref="Fptrace.Steps.StoredPath"/>).</summary>
    public required ByteString Path { get; init; }

    public required FileState State { get; init; }

    /// <summary>The target of a link, as written.</summary>
    public ByteString Target { get; init; }

    /// <summary>
    /// Unusual attributes in the form of <see cref="ExtraAttributes"/>; empty if the run set no attributes.
    /// </summary>
    public string Attributes { get; init; } = "";

    /// <summary>The names that the run left in a directory, as in a listing, if they are part of the output.</summary>
    /// <remarks>
    /// They are if the run renamed the directory, listed it before it changed it, or would have removed it.
    /// </remarks>
    public IReadOnlyList<ByteString>? Names { get; init; }

    /// <summary>What the run learnt of the path's prior state.</summary>
    public PriorState PriorState { get; init; }

    /// <summary>Whether the output replaced something that was not the command's own work.</summary>
    public bool IsOver { get; init; }

    /// <summary>What the run's first change of the path found, if it was an open.</summary>
    public OutputOpening Opening { get; init; }
}
