namespace Fptrace.Tracing.Tracees;

/// <summary>
/// What the threads, processes and programs inherit that a tracee makes. Nothing takes any of it back.
/// </summary>
/// <param name="Surroundings">How the surroundings may differ from ours.</param>
/// <param name="Filters">The command's own seccomp filters that a notification outranks; null for none.</param>
internal sealed record TraceeWorld(Surroundings Surroundings, FilterChain? Filters)
{
    public static TraceeWorld Ours { get; } = new(Surroundings.Ours, null);

    /// <summary>The same, with these differences in addition.</summary>
    public TraceeWorld With(Surroundings more) =>
        (more & ~Surroundings) == 0 ? this : this with { Surroundings = Surroundings | more };

    /// <summary>
    /// Combines two: the differences of both, and the filters of this one, or of the other if it has none.
    /// </summary>
    public TraceeWorld With(TraceeWorld other)
    {
        TraceeWorld both = With(other.Surroundings);
        return both.Filters is not null || other.Filters is null ? both : both with { Filters = other.Filters };
    }

    /// <summary>Whether this one has all the differences from ours that the other one has.</summary>
    public bool Covers(TraceeWorld other) => (other.Surroundings & ~Surroundings) == 0;
}
