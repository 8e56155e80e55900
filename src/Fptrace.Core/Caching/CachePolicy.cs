using Fptrace.Caching.Keys;
using Fptrace.Caching.Store;
using Fptrace.Manifests;

namespace Fptrace.Caching;

/// <summary>How a cache is used.</summary>
public sealed record CachePolicy
{
    public CacheMode Mode { get; init; } = CacheMode.ReadWrite;

    /// <summary>
    /// Whether roots at different places share results, although outputs may contain the path of their root.
    /// </summary>
    public bool Anywhere { get; init; }

    /// <summary>
    /// Whether the user says that the commands change nothing where their own outputs stand already: see
    /// <see cref="LeftState"/>.
    /// </summary>
    public bool Idempotent { get; init; }

    /// <summary>
    /// Whether the output of a run can be replayed to the current stdout and stderr. When null, it can unless the run
    /// had one file as both.
    /// </summary>
    public Func<Manifest, bool>? Fits { get; init; }

    /// <summary>Bytes. When the store has grown beyond it, the least recently used results are removed.</summary>
    public long Limit { get; init; } = StoreMaintenance.DefaultLimit;
}
