namespace Fptrace.Tracing.Tracees;

/// <summary>The threads of one process, from one execve to the next.</summary>
internal sealed class ThreadGroup
{
    /// <summary>How many of them are in the table.</summary>
    public int Count { get; set; }
}
