using Fptrace.Caching.Store;

namespace Fptrace.Commands.Cache;

/// <summary>What <c>cache stats --json</c> prints.</summary>
/// <param name="Cache">The directory of the cache.</param>
/// <param name="Bytes">How many bytes the cache takes.</param>
/// <param name="Limit">How many bytes it may take.</param>
/// <param name="Results">How many states of the inputs lead to a run that can be restored: a run of an idempotent
/// command has two.</param>
/// <param name="Commands">How many different commands these runs had.</param>
/// <param name="Blobs">How many blobs it holds: contents of files, and manifests.</param>
/// <param name="Temporaries">How many files are being written, or were left by killed processes.</param>
/// <param name="Hits">How many runs were restored.</param>
/// <param name="Misses">How many runs were looked up and not found.</param>
/// <param name="Stored">How many runs were stored.</param>
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
