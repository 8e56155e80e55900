using Fptrace.Manifests;

namespace Fptrace.Caching;

/// <summary>The result of a lookup: a hit with a manifest, or a miss with a reason.</summary>
/// <param name="Manifest">The manifest of the restored run; null for a miss. The caller saves it, and replays what it
/// printed.</param>
/// <param name="Reason">Why it is a miss, in one line; null for a hit.</param>
public sealed record CacheLookup(Manifest? Manifest, string? Reason)
{
    public bool IsHit => Manifest is not null;

    internal static CacheLookup Miss(string reason) => new(null, reason);
}
