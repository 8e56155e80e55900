namespace Fptrace.Tracing.Tracees;

/// <summary>The threads of one process, from one execve to the next.</summary>
/// <param name="creator">The process that made it; 0 for the first.</param>
internal sealed class ThreadGroup(int creator)
{
    /// <summary>How many of them are in the table.</summary>
    public int Count { get; set; }

    /// <summary>The process that made it; 0 for the first.</summary>
    public int Creator { get; private set; } = creator;

    /// <summary>Microseconds that its children used, which the kernel reports again with its own.</summary>
    public long ChildrenUserTimeUs { get; private set; }

    public long ChildrenSystemTimeUs { get; private set; }

    /// <summary>A child has ended.</summary>
    public void AddTimes(long userUs, long systemUs)
    {
        ChildrenUserTimeUs += userUs;
        ChildrenSystemTimeUs += systemUs;
    }

    /// <summary>Whoever made it has said so at last.</summary>
    public void ClaimBy(int creator) => Creator = creator;

    /// <summary>The same process after an execve: its threads are gone but one.</summary>
    public ThreadGroup Next() => new(Creator)
    {
        ChildrenUserTimeUs = ChildrenUserTimeUs,
        ChildrenSystemTimeUs = ChildrenSystemTimeUs,
    };
}
