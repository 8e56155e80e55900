namespace Fptrace.Linux.Processes;

/// <summary>Keeps the calling thread on the processor where it is, and lets the scheduler choose again from time to
/// time.</summary>
/// <remarks>
/// A thread that a stopping tracee wakes is put on an idle processor, and the tracee that it resumes on another idle
/// one: left free, the two change places at every stop, and each change is a wake-up from idle and a cold cache. A
/// thread that stays leaves the tracees their processors.
/// </remarks>
internal sealed class HomeProcessor
{
    // Events for which it stays: its processor may have become the busiest one.
    private const int Stay = 256;

    private readonly ProcessorMask? _allowed = ProcessorMask.Of(0) is { Count: > 1 } several ? several : null;
    private int _events;

    /// <summary>Whether there is more than one that it may run on.</summary>
    public bool HasChoice => _allowed is not null;

    /// <summary>Where it is; null when it may be anywhere.</summary>
    public ProcessorMask? Place { get; private set; }

    /// <summary>Not to be left for now.</summary>
    public bool IsHeld { get; set; }

    /// <summary>The thread was woken for an event.</summary>
    public void Woken()
    {
        if (_allowed is null)
        {
            return;
        }

        if (Place is null)
        {
            Place = ProcessorMask.Current();
            Place?.Confine(0);
        }
        else if (++_events % Stay == 0 && !IsHeld)
        {
            Leave();
        }
    }

    /// <summary>Any processor will do.</summary>
    public void Leave()
    {
        if (Place is not null)
        {
            _allowed?.Confine(0);
            Place = null;
        }
    }
}
