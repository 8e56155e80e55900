namespace Fptrace.Tracing.Tracees;

/// <summary>The threads of one process, from one execve to the next.</summary>
/// <param name="creator">The id of the process that made it; 0 for the first.</param>
internal sealed class ThreadGroup(int creator)
{
    /// <summary>How many of them are in the table.</summary>
    public int Count { get; set; }

    /// <summary>The id of the process that made it; 0 for the first.</summary>
    public int Creator { get; private set; } = creator;

    /// <summary>Whether the process may have a socket with a time limit, so that each of its calls stops.</summary>
    public bool HasTimedSockets { get; private set; }

    /// <summary>Microseconds that its ended children used. The kernel reports them again with its own.</summary>
    public long ChildrenUserTimeUs { get; private set; }

    public long ChildrenSystemTimeUs { get; private set; }

    /// <summary>Called when a child has ended.</summary>
    public void AddTimes(long userUs, long systemUs)
    {
        ChildrenUserTimeUs += userUs;
        ChildrenSystemTimeUs += systemUs;
    }

    public void TimeSockets() => HasTimedSockets = true;

    /// <summary>Called when the process that made it becomes known later than itself.</summary>
    public void ClaimBy(int creator) => Creator = creator;

    /// <summary>A process that one of the threads makes. It has the descriptors of this one.</summary>
    public ThreadGroup Fork(int creator) => new(creator) { HasTimedSockets = HasTimedSockets };

    /// <summary>The same process after an execve, which ends all its threads but one.</summary>
    public ThreadGroup Next() => new(Creator)
    {
        ChildrenUserTimeUs = ChildrenUserTimeUs,
        ChildrenSystemTimeUs = ChildrenSystemTimeUs,
    };
}
