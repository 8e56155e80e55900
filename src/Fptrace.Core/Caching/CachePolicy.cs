using Fptrace.Caching.Keys;
using Fptrace.Caching.Store;
using Fptrace.Manifests;

namespace Fptrace.Caching;

/// <summary>How a cache is used.</summary>
public sealed record CachePolicy
{
    public CacheMode Mode { get; init; } = CacheMode.ReadWrite;

    /// <summary>Share results among roots that stand at different places, although outputs may hold the path of
    /// one.</summary>
    public bool Anywhere { get; init; }

    /// <summary>The commands do nothing more where they find their own work done: <see cref="LeftState"/>.</summary>
    public bool Idempotent { get; init; }

    /// <summary>Whether what a run printed can be printed here; null: whatever was not printed on one file for both
    /// streams.</summary>
    public Func<Manifest, bool>? Fits { get; init; }

    /// <summary>Bytes; when the store has grown beyond it, what was not used for longest is removed.</summary>
    public long Limit { get; init; } = StoreMaintenance.DefaultLimit;
}
