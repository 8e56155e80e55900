using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests;

/// <summary>One fact that a step depends on.</summary>
/// <remarks>What is compared is the kind's own part; <see cref="FileState.Stamp"/> only spares the
/// comparison.</remarks>
public sealed record Observation
{
    /// <summary>Relative below the root ("." for the root itself), absolute elsewhere; see
    /// <see cref="StoredPath"/>.</summary>
    public required ByteString Path { get; init; }

    public required ObservationKind Kind { get; init; }

    /// <summary>What stood there; of a listing the directory, of <see cref="ObservationKind.Absent"/>
    /// nothing.</summary>
    public FileState State { get; init; }

    /// <summary>A link's target as written.</summary>
    public ByteString Target { get; init; }

    /// <summary>Of <see cref="ObservationKind.Absent"/>: why the lookup finds nothing, an errno value; 0 for ENOENT,
    /// the usual one.</summary>
    public int Error { get; init; }

    /// <summary>Of <see cref="ObservationKind.Absent"/>: the error that the step saw, where its own work has made
    /// another of it; null where it has not.</summary>
    public int? ErrorBefore { get; init; }

    /// <summary>Of <see cref="ObservationKind.IndexTimes"/>: the digest before the step wrote the index anew, where
    /// that made another of it; null where it has not.</summary>
    public ContentDigest? DigestBefore { get; init; }

    /// <summary>Of a listing, and of a directory that the step renamed, or listed and removed: its names with their
    /// types (<see cref="ListedName"/>), sorted by bytes; null when they are not known.</summary>
    public IReadOnlyList<ByteString>? Names { get; init; }

    /// <summary>Names as they were before the step changed any: those that count, and the taken ones.</summary>
    internal IReadOnlyList<ByteString>? NamesBefore =>
        TakenNames.Count == 0 ? Names : [.. (Names ?? []).Concat(TakenNames).Order()];

    /// <summary>As whoever asks before a run finds it.</summary>
    internal Observation BeforeRun => NamesBefore == Names && ErrorBefore is null && DigestBefore is null
        ? this
        : this with
        {
            Names = NamesBefore,
            Error = ErrorBefore ?? Error,
            State = State with { Digest = DigestBefore ?? State.Digest },
        };

    /// <summary>Of a listing, and of <see cref="ObservationKind.IndexTimes"/>: names that are the step's own, which do
    /// not count, sorted by bytes.</summary>
    public IReadOnlyList<ByteString> OwnNames { get; init; } = [];

    /// <summary>Of these, with their types, what stood there when the step listed it. Whoever asks before a run, as a
    /// cache does, must find it.</summary>
    public IReadOnlyList<ByteString> TakenNames { get; init; } = [];
}
