namespace Fptrace.Model;

/// <summary>Receives a trace while it is made. Calls come one at a time, in order, from any thread, and nobody's lock
/// is held: it may take its time.</summary>
public interface ITraceSink
{
    /// <summary>What it needs to be told.</summary>
    TraceNeeds Needs => TraceNeeds.Processes;

    /// <summary>Whether an execution that ends is to hold its accesses; otherwise <see cref="Accessed"/> is all that
    /// tells of them.</summary>
    bool WantsAccesses => true;

    /// <summary>Whether somebody may watch what it writes, so that it should get what there is at once.</summary>
    bool IsWatched => false;

    /// <summary>Who looks for it while a call stands still; null when nobody need.</summary>
    IWitness? Witness => null;

    /// <summary>execve succeeded; accesses and the end are yet to come.</summary>
    void Started(Execution execution);

    /// <summary>A first access, in order.</summary>
    void Accessed(Execution execution, in Access access);

    /// <summary>A file that was opened for reading and writing is about to be cut to nothing, and nothing was read by
    /// way of that open. With a witness only.</summary>
    void Unread(AccessFacts facts)
    {
    }

    /// <summary>A file was cut to nothing: also one that the step has changed before. With a witness only.</summary>
    void Emptied(AccessFacts facts)
    {
    }

    /// <summary>A process or thread ended: <paramref name="status"/> is its exit code, or −N for signal N.</summary>
    void Exited(Execution execution, int pid, long timeNs, int status);

    /// <summary>The last process of the execution ended; it does not change any more.</summary>
    void Ended(Execution execution);

    /// <summary>The trace is over. Outputs put their file in place here.</summary>
    void Complete(TraceSummary summary);
}
