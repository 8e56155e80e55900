using Fptrace.Linux.Headers;

namespace Fptrace.Tracing.Tracees;

/// <summary>Whether a thread is stopped with its job, as by Ctrl-Z, and which signal may end it.</summary>
/// <remarks>Only the ptrace thread changes it.</remarks>
internal sealed class JobState
{
    private bool _wasStopped;

    /// <summary>Whether it waits for SIGCONT. Other threads may read this.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>The last signal from outside of the command that asked it to end; 0 for none.</summary>
    public int SignalFromOutside { get; set; }

    /// <summary>Called when the job stops. The SIGCONT that ends the stop may be delivered to this thread.</summary>
    public void Stop() => _wasStopped = true;

    /// <summary>Called when the thread stands still until SIGCONT (PTRACE_LISTEN).</summary>
    public void Listen() => IsStopped = true;

    /// <summary>Called when the thread reports an event again: its job goes on.</summary>
    public void GoOn() => IsStopped = false;

    /// <summary>Whether a signal that is about to be delivered is the SIGCONT that ended a stop of the job.</summary>
    public bool Continues(int number)
    {
        bool continues = number == signal.SIGCONT && _wasStopped;
        _wasStopped &= number != signal.SIGCONT;
        return continues;
    }
}
