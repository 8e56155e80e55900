namespace Fptrace.Tracing.Recording;

/// <summary>
/// Counts renames, so that whoever remembers the name of an open file can tell whether it may have changed.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Renames
{
    private int _underWay;
    private int _version;

    /// <summary>Called before a rename goes on: it may take effect at any moment from now on.</summary>
    public void Begin() => Interlocked.Increment(ref _underWay);

    /// <summary>Called when the rename, or its thread, is over.</summary>
    public void End()
    {
        Interlocked.Increment(ref _version);
        Interlocked.Decrement(ref _underWay);
    }

    /// <summary>
    /// The version to remember with a name that is looked up after this; null while a rename is under way.
    /// </summary>
    public int? Version
    {
        get
        {
            int version = Volatile.Read(ref _version);
            return Volatile.Read(ref _underWay) == 0 ? version : null;
        }
    }
}
