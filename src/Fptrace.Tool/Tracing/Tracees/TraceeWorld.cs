namespace Fptrace.Tracing.Tracees;

/// <summary>
/// What a tracee hands down to each thread and process that it makes, and to the programs that it starts. Nothing takes any of
/// it back.
/// </summary>
/// <param name="Surroundings">In what they differ from ours.</param>
/// <param name="Filters">Its own filters that a notification passes over; null for none.</param>
internal sealed record TraceeWorld(Surroundings Surroundings, FilterChain? Filters)
{
    public static TraceeWorld Ours { get; } = new(Surroundings.Ours, null);

    /// <summary>The same that also differs in more.</summary>
    public TraceeWorld With(Surroundings more) =>
        (more & ~Surroundings) == 0 ? this : this with { Surroundings = Surroundings | more };

    /// <summary>What two have that may be one.</summary>
    public TraceeWorld With(TraceeWorld other)
    {
        TraceeWorld both = With(other.Surroundings);
        return both.Filters is not null || other.Filters is null ? both : both with { Filters = other.Filters };
    }

    /// <summary>Whether another differs from ours in nothing in which this one does not.</summary>
    public bool Covers(TraceeWorld other) => (other.Surroundings & ~Surroundings) == 0;
}
