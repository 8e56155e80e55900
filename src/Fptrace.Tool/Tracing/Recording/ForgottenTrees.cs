using Fptrace.Model;

namespace Fptrace.Tracing.Recording;

/// <summary>
/// Directories, and links to directories, that were renamed or removed: known paths below them mean other files now.
/// </summary>
/// <remarks>
/// They are looked up when a known path comes again. To remove the paths from each execution at once would be a look at
/// every known path for each rename. Guarded by the recorder's lock.
/// </remarks>
internal sealed class ForgottenTrees
{
    // At this number the paths are removed from the executions after all, which costs less than was saved until then.
    private const int Most = 4096;

    private readonly Dictionary<ByteString, uint> _trees = new(PathBytes.Comparer);
    private uint _all;

    /// <summary>Counts the trees. A path that became known at this number needs no lookup.</summary>
    public uint Now { get; private set; }

    public bool IsFull => _trees.Count >= Most;

    public void Add(ByteString directory) => _trees[directory] = ++Now;

    /// <summary>Every known path may mean another file now.</summary>
    public void AddAll()
    {
        _all = ++Now;
        _trees.Clear();
    }

    /// <summary>Whether a directory above the path was forgotten after the moment <paramref name="since"/>.</summary>
    public bool Covers(ReadOnlySpan<byte> path, uint since)
    {
        if (since < _all)
        {
            return true;
        }

        if (since == Now || _trees.Count == 0)
        {
            return false;
        }

        Dictionary<ByteString, uint>.AlternateLookup<ReadOnlySpan<byte>> trees =
            _trees.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (int slash = path.LastIndexOf((byte)'/'); slash > 0; slash = path[..slash].LastIndexOf((byte)'/'))
        {
            if (trees.TryGetValue(path[..slash], out uint moment) && moment > since)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Called when no execution knows a path from before any of the trees.</summary>
    public void Clear() => _trees.Clear();
}
