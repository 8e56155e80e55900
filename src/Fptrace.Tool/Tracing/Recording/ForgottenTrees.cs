using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Recording;

/// <summary>Directories, and links to them, that were renamed or removed: what is known below them is known of other
/// files.</summary>
/// <remarks>
/// Looked up when a known path comes again, rather than taken out of what each execution knows: that would be a look at
/// every known path for each removal. Guarded by the recorder's lock.
/// </remarks>
internal sealed class ForgottenTrees
{
    // Beyond it the executions are swept once, which costs less than what was saved.
    private const int Most = 4096;

    private readonly Dictionary<ByteString, uint> _trees = new(PathComparer.Instance);

    /// <summary>Counts what was forgotten: what is known since this moment needs no look.</summary>
    public uint Now { get; private set; }

    public bool IsFull => _trees.Count >= Most;

    public void Add(ByteString directory) => _trees[directory] = ++Now;

    /// <summary>Whether something above the path was forgotten after a moment.</summary>
    public bool Covers(ReadOnlySpan<byte> path, uint since)
    {
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

    /// <summary>Nobody knows a path from before any of them.</summary>
    public void Clear() => _trees.Clear();
}
