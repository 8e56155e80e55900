namespace Fptrace.Model;

/// <summary>Receives a trace while it is made. Calls come one at a time, from any thread.</summary>
public interface ITraceSink
{
    /// <summary>Whether an execution that ends is to hold its accesses; otherwise <see cref="Accessed"/> is all that tells of them.</summary>
    bool WantsAccesses => true;

    /// <summary>execve succeeded; accesses and the end are yet to come.</summary>
    void Started(Execution execution);

    /// <summary>A first access, in order.</summary>
    void Accessed(Execution execution, in Access access);

    /// <summary>A process or thread ended: <paramref name="status"/> is its exit code, or −N for signal N.</summary>
    void Exited(Execution execution, int pid, long timeNs, int status);

    /// <summary>The last process of the execution ended; it does not change any more.</summary>
    void Ended(Execution execution);

    /// <summary>The trace is over. Outputs put their file in place here.</summary>
    void Complete(TraceSummary summary);
}
