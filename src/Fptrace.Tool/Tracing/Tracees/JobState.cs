using Fptrace.Linux.Headers;
using Fptrace.Linux.Ptracing;

namespace Fptrace.Tracing.Tracees;

/// <summary>How far a thread is stopped with its job, as by Ctrl-Z, and which signal may end it. The ptrace thread changes it.</summary>
internal sealed class JobState
{
    private bool _wasStopped;

    /// <summary>It waits for SIGCONT. Read by other threads.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>The last signal of those that end a command which came from outside of it; 0 for none.</summary>
    public int SignalFromOutside { get; set; }

    /// <summary>Its job stops: the SIGCONT that will end that may be delivered to it then.</summary>
    public void Stop() => _wasStopped = true;

    /// <summary>It stands still until SIGCONT.</summary>
    public void Listen() => IsStopped = true;

    /// <summary>It was heard of: its job goes on.</summary>
    public void GoOn() => IsStopped = false;

    /// <summary>Whether a signal that is about to be delivered is the SIGCONT that lets its job go on.</summary>
    public bool Continues(int number)
    {
        bool continues = number == signal.SIGCONT && _wasStopped;
        _wasStopped &= number != signal.SIGCONT;
        return continues;
    }
}
