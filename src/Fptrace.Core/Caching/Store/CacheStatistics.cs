namespace Fptrace.Caching.Store;

/// <summary>What a store contains, and how it was used.</summary>
/// <param name="Results">Runs that can be restored.</param>
/// <param name="PathSets">Weak keys, each with a list of path sets.</param>
/// <param name="Blobs">Files' contents and manifests.</param>
/// <param name="Bytes">The size of all entries and blobs.</param>
/// <param name="Temporaries">Files that are being written now, or that killed processes left behind.</param>
/// <param name="Hits">Runs restored since the store was made or cleared.</param>
/// <param name="Misses">Lookups that found no result.</param>
/// <param name="Stored">Runs stored since then.</param>
public sealed record CacheStatistics(int Results, int PathSets, int Blobs, long Bytes, int Temporaries, long Hits,
    long Misses, long Stored);
