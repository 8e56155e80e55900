namespace Fptrace.Tracing.Fast;

/// <summary>How far apart the calls are that processes of a run have patched. Thread-safe.</summary>
/// <remarks>
/// Libraries are mapped at random, but by whole pages, and each whole. So a call whose address ends like that of an
/// earlier process is most likely the same one, and the others of its library are as far away as they were there. The
/// bytes that stand there decide (<see cref="CallSite.Find"/>).
/// </remarks>
internal sealed class NearbySites
{
    private const ulong OffsetInPage = 0xfff;

    // More than a library has.
    private const int MostSites = 16;

    // A library's code.
    private const ulong Near = 16 << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<(int Number, ulong Offset), HashSet<(int Number, ulong Distance)>> _known = [];

    /// <summary>Calls that may be there, too.</summary>
    /// <param name="number">The number of a call that a process makes.</param>
    /// <param name="end">The address behind its instruction.</param>
    public (int Number, ulong End)[] Around(int number, ulong end)
    {
        lock (_lock)
        {
            return _known.TryGetValue((number, end & OffsetInPage), out HashSet<(int Number, ulong Distance)>? others)
                ? [.. others.Select(other => (other.Number, end + other.Distance))]
                : [];
        }
    }

    /// <summary>Notes two calls of one process.</summary>
    public void Add((int Number, ulong End) one, (int Number, ulong End) other)
    {
        if (one.End - other.End >= Near && other.End - one.End >= Near)
        {
            return;
        }

        lock (_lock)
        {
            Of(one).Add((other.Number, other.End - one.End));
            Of(other).Add((one.Number, one.End - other.End));
        }
    }

    private HashSet<(int Number, ulong Distance)> Of((int Number, ulong End) site)
    {
        (int Number, ulong Offset) key = (site.Number, site.End & OffsetInPage);
        if (!_known.TryGetValue(key, out HashSet<(int Number, ulong Distance)>? others))
        {
            _known.Add(key, others = []);
        }

        // Programs of other libraries may make the same call.
        if (others.Count >= MostSites)
        {
            others.Clear();
        }

        return others;
    }
}
