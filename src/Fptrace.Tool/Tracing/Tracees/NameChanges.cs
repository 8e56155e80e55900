namespace Fptrace.Tracing.Tracees;

/// <summary>The calls under way that may change what names mean. Thread-safe.</summary>
internal sealed class NameChanges
{
    private readonly Lock _lock = new();
    private readonly List<Tracee> _callers = [];

    /// <summary>Whether there is one. Its effect may still be to come.</summary>
    public bool AreUnderWay
    {
        get
        {
            lock (_lock)
            {
                Forget();
                return _callers.Count > 0;
            }
        }
    }

    /// <summary>Called at the entry of such a call. It is over when nothing is pending any more.</summary>
    public void Begin(Tracee caller)
    {
        lock (_lock)
        {
            Forget();
            _callers.Add(caller);
        }
    }

    private void Forget() => _callers.RemoveAll(static caller => caller.Call.Pending is not { ChangesNames: true });
}
