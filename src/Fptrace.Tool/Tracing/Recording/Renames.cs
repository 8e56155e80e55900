namespace Fptrace.Tracing.Recording;

/// <summary>Counts renames, so that whoever remembers the name of an open file can tell whether it may have changed.
/// Thread-safe.</summary>
internal sealed class Renames
{
    private int _underWay;
    private int _version;

    /// <summary>Before the call goes on: from now on its effect may come at any moment.</summary>
    public void Begin() => Interlocked.Increment(ref _underWay);

    /// <summary>The call is over, or its thread is.</summary>
    public void End()
    {
        Interlocked.Increment(ref _version);
        Interlocked.Decrement(ref _underWay);
    }

    /// <summary>What a name is remembered with, when it is looked up after this; null while a rename is under
    /// way.</summary>
    public int? Version
    {
        get
        {
            int version = Volatile.Read(ref _version);
            return Volatile.Read(ref _underWay) == 0 ? version : null;
        }
    }
}
