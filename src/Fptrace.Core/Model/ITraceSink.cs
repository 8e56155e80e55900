namespace Fptrace.Model;

/// <summary>Receives a trace while it is made.</summary>
/// <remarks>
/// Calls come one at a time and in order, from any thread. The caller holds no lock, so a sink may take its time.
/// </remarks>
public interface ITraceSink
{
    /// <summary>What the tracer must tell this sink.</summary>
    TraceNeeds Needs => TraceNeeds.Processes;

    /// <summary>
    /// Whether an execution that ends must hold its accesses. If not, the sink learns of them from
    /// <see cref="Accessed"/> alone.
    /// </summary>
    bool WantsAccesses => true;

    /// <summary>Whether a reader may follow what the sink writes, so that it should write each event at once.</summary>
    bool IsWatched => false;

    /// <summary>
    /// Looks at files for the sink while a tracee stands still; null if the sink needs no such looks.
    /// </summary>
    IWitness? Witness => null;

    /// <summary>An execve succeeded. The accesses and the end are still to come.</summary>
    void Started(Execution execution);

    /// <summary>A first access, in order.</summary>
    void Accessed(Execution execution, in Access access);

    /// <summary>
    /// A call is about to truncate to 0 a file that was opened for reading and writing, and nothing was read through
    /// that open. Called only on a sink with a witness.
    /// </summary>
    void Unread(AccessFacts facts)
    {
    }

    /// <summary>
    /// A call truncated a file to 0, even if the step had changed it before. Called only on a sink with a witness.
    /// </summary>
    void Emptied(AccessFacts facts)
    {
    }

    /// <summary>A process or thread ended: <paramref name="status"/> is its exit code, or −N for signal N.</summary>
    void Exited(Execution execution, int pid, long timeNs, int status)
    {
    }

    /// <summary>The last process of the execution ended. The execution does not change any more.</summary>
    void Ended(Execution execution)
    {
    }

    /// <summary>The trace is over. A sink that writes a file puts it in place here.</summary>
    void Complete(TraceSummary summary);
}
