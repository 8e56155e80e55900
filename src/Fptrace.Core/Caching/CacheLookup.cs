using Fptrace.Manifests;

namespace Fptrace.Caching;

/// <summary>What a lookup came to.</summary>
/// <param name="Manifest">Of the run whose outputs are in place now: to be saved, and its output to be replayed. Null
/// for a miss.</param>
/// <param name="Reason">Why it is a miss, one line in words; null for a hit.</param>
public sealed record CacheLookup(Manifest? Manifest, string? Reason)
{
    public bool IsHit => Manifest is not null;

    internal static CacheLookup Miss(string reason) => new(null, reason);
}
