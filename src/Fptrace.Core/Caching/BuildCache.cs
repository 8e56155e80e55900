using Fptrace.Caching.Keys;
using Fptrace.Caching.Restoring;
using Fptrace.Caching.Store;
using Fptrace.Manifests;
using Fptrace.Steps;

namespace Fptrace.Caching;

/// <summary>Results of earlier runs, found by what a run would see now.</summary>
/// <remarks>Thread-safe. A fault of the cache never fails a build: it counts as a miss, with a reason.</remarks>
public sealed class BuildCache : IDisposable
{
    private readonly ContentStore? _store;
    private readonly CachePolicy _options;

    private BuildCache(ContentStore? store, CachePolicy options)
    {
        _store = store;
        _options = options;
    }

    /// <summary>One line that the user should see once; null when there is none.</summary>
    public string? Notice => _store?.Directory.Notice;

    /// <param name="path">The store's directory; null for <see cref="ContentStore.DefaultPath"/>.</param>
    /// <param name="options">The mode, the limit, and when a result may be used.</param>
    /// <exception cref="CacheException">The store cannot be used. The message names the reason and the
    /// remedy.</exception>
    public static BuildCache Open(string? path, CachePolicy options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new BuildCache(options.Mode == CacheMode.Off
            ? null
            : ContentStore.Open(path ?? ContentStore.DefaultPath, options.Mode), options);
    }

    /// <summary>Looks for a run that saw what this one would see, and puts its outputs in place.</summary>
    /// <param name="step">The command that is about to run.</param>
    /// <param name="environment">The part of its environment that the key covers.</param>
    /// <param name="previous">The manifest of the last run here, if there is one. A file whose stamp still is the one
    /// in it need not be read.</param>
    /// <param name="cancellation">Has no effect once the first output is in place.</param>
    public CacheLookup TryRestore(StepIdentity step, StepEnvironment environment, Manifest? previous,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(environment);
        if (!_options.Mode.HasFlag(CacheMode.Read))
        {
            return CacheLookup.Miss("the cache is not read in this mode");
        }

        if (_store is null)
        {
            return CacheLookup.Miss("there is no cache yet");
        }

        CacheLookup lookup;
        using (StoreLock? shared = _store.Share(cancellation))
        {
            lookup = shared is null
                ? CacheLookup.Miss("the cache is locked by others")
                : new Lookup(_store, step, environment, previous, _options).Run(cancellation);
        }

        Count(usage => lookup.IsHit ? usage with { Hits = usage.Hits + 1 } : usage with { Misses = usage.Misses + 1 });
        return lookup;
    }

    /// <summary>Stores a run, so that later runs can restore it.</summary>
    /// <param name="manifest">The manifest of the run that has just ended. The outputs are read from the tree.</param>
    /// <param name="environment">The part of its environment that the key covers.</param>
    /// <param name="cancellation">Ends the call early. No result without its blobs is left in the store.</param>
    /// <returns>Null if the run is stored; otherwise the reason, in one line.</returns>
    public string? Store(Manifest manifest, StepEnvironment environment, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(environment);
        if (!_options.Mode.HasFlag(CacheMode.Write) || _store is null)
        {
            return "the cache is not written in this mode";
        }

        string? fault;
        long added;
        using (StoreLock? shared = _store.Share(cancellation))
        {
            if (shared is null)
            {
                return "the cache is locked by others";
            }

            (fault, added) = Publication.Run(_store, manifest, CacheKey.Environment(environment), _options.Anywhere,
                cancellation);
        }

        if (fault is null)
        {
            Count(usage => usage with { Bytes = usage.Bytes + added, Stored = usage.Stored + 1 });
        }

        return fault;
    }

    public void Dispose() => _store?.Dispose();

    private void Count(Func<StoreUsage, StoreUsage> change)
    {
        if (_store is not { IsWritable: true })
        {
            return;
        }

        StoreUsage usage = StoreUsage.Change(_store.Directory, change);
        if (usage.Bytes > _options.Limit)
        {
            // Collect down to 90 % of the limit; otherwise every later run would collect again. Do not wait for the
            // lock: when other runs use the store, one of them collects after it has counted its own bytes.
            StoreMaintenance.Collect(_store, _options.Limit / 10 * 9, TimeSpan.Zero, CancellationToken.None);
        }
    }
}
