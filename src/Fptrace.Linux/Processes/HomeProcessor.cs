namespace Fptrace.Linux.Processes;

/// <summary>
/// Keeps the calling thread on one processor, and lets the scheduler choose another from time to time.
/// </summary>
/// <remarks>
/// When a tracee stops, the scheduler wakes this thread on an idle processor, and later the resumed tracee on another
/// one. So the two would change places at each stop, which costs a wake-up from idle and a cold cache each time. If
/// this thread stays, the tracees keep their processors.
/// </remarks>
internal sealed class HomeProcessor
{
    // The events after which the scheduler may choose again: this processor may have become the busiest one.
    private const int Stay = 256;

    private readonly ProcessorMask? _allowed = ProcessorMask.Of(0) is { Count: > 1 } several ? several : null;
    private int _events;

    /// <summary>Whether the thread may run on more than one processor.</summary>
    public bool HasChoice => _allowed is not null;

    /// <summary>The processor on which the thread is kept; null if it may run on any.</summary>
    public ProcessorMask? Place { get; private set; }

    /// <summary>Whether the thread must stay where it is for now.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Called when the thread was woken for an event.</summary>
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

    /// <summary>Lets the thread run on any processor.</summary>
    public void Leave()
    {
        if (Place is not null)
        {
            _allowed?.Confine(0);
            Place = null;
        }
    }
}
