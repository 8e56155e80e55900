using Fptrace.Caching.Store;

namespace Fptrace.Commands.Cache;

/// <summary>What <c>cache stats --json</c> prints.</summary>
/// <param name="Cache">Its directory.</param>
/// <param name="Bytes">That it takes.</param>
/// <param name="Limit">That it may take.</param>
/// <param name="Results">Runs that can be restored.</param>
/// <param name="Commands">Of these runs.</param>
/// <param name="Blobs">Files' contents and manifests.</param>
/// <param name="Temporaries">Files that are being written, or that killed processes left.</param>
/// <param name="Hits">Runs that were restored.</param>
/// <param name="Misses">Runs that were looked for in vain.</param>
/// <param name="Stored">Results that were put in.</param>
internal sealed record CacheJson(
    string Cache,
    long Bytes,
    long Limit,
    int Results,
    int Commands,
    int Blobs,
    int Temporaries,
    long Hits,
    long Misses,
    long Stored)
{
    public static CacheJson Of(string path, CacheStatistics counted, long limit) => new(
        path,
        counted.Bytes,
        limit,
        counted.Results,
        counted.PathSets,
        counted.Blobs,
        counted.Temporaries,
        counted.Hits,
        counted.Misses,
        counted.Stored);
}
