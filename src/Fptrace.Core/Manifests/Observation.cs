using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests;

/// <summary>One fact that a step depends on.</summary>
/// <remarks>
/// A comparison looks at the fields that the kind uses. <see cref="FileState.Stamp"/> is none of them: it only shows
/// that the content need not be read.
/// </remarks>
public sealed record Observation
{
    /// <summary>The path in its stored form (<see cref="StoredPath"/>).</summary>
    public required ByteString Path { get; init; }

    public required ObservationKind Kind { get; init; }

    /// <summary>
    /// What existed there. For a listing: the directory. For <see cref="ObservationKind.Absent"/>: nothing.
    /// </summary>
    public FileState State { get; init; }

    /// <summary>The target of a link, as written.</summary>
    public ByteString Target { get; init; }

    /// <summary>With <see cref="ObservationKind.Absent"/>: the errno value of the lookup; 0 for ENOENT.</summary>
    public int Error { get; init; }

    /// <summary>The error that the step saw, if its own work has changed <see cref="Error"/>; otherwise null.</summary>
    public int? ErrorBefore { get; init; }

    /// <summary>
    /// With <see cref="ObservationKind.IndexTimes"/>: the digest before the step, if the step wrote the index anew and
    /// so changed it; otherwise null.
    /// </summary>
    public ContentDigest? DigestBefore { get; init; }

    /// <summary>The names, with their types, in a directory that the step listed or renamed; null if unknown.</summary>
    /// <remarks>They are sorted by bytes and have the form of <see cref="ListedName"/>.</remarks>
    public IReadOnlyList<ByteString>? Names { get; init; }

    /// <summary>The names before the step changed any: those that count, and the taken ones.</summary>
    internal IReadOnlyList<ByteString>? NamesBefore =>
        TakenNames.Count == 0 ? Names : [.. (Names ?? []).Concat(TakenNames).Order()];

    /// <summary>The observation that a lookup makes before the run: without the effects of the step itself.</summary>
    internal Observation BeforeRun => NamesBefore == Names && ErrorBefore is null && DigestBefore is null
        ? this
        : this with
        {
            Names = NamesBefore,
            Error = ErrorBefore ?? Error,
            State = State with { Digest = DigestBefore ?? State.Digest },
        };

    /// <summary>The step's own names, which do not count. Sorted by bytes.</summary>
    /// <remarks>Used by listings and by <see cref="ObservationKind.IndexTimes"/>.</remarks>
    public IReadOnlyList<ByteString> OwnNames { get; init; } = [];

    /// <summary>
    /// Those of the own names that already existed when the step listed the directory, with their types.
    /// </summary>
    /// <remarks>A cache is asked before the run, so it must find them there.</remarks>
    public IReadOnlyList<ByteString> TakenNames { get; init; } = [];
}
