namespace Fptrace.Caching.Store;

/// <summary>What a store holds and what it was good for.</summary>
/// <param name="Results">Runs that can be restored.</param>
/// <param name="PathSets">Commands, by their weak keys.</param>
/// <param name="Blobs">Files' contents and manifests.</param>
/// <param name="Bytes">All of these together.</param>
/// <param name="Temporaries">Files that are being written, or that killed processes left.</param>
/// <param name="Hits">Runs restored since the store was made or cleared.</param>
/// <param name="Misses">Runs looked for in vain.</param>
/// <param name="Stored">Results put in.</param>
public sealed record CacheStatistics(int Results, int PathSets, int Blobs, long Bytes, int Temporaries, long Hits,
    long Misses, long Stored);
