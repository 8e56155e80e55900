using Fptrace.Caching.Keys;
using Fptrace.Caching.Restoring;
using Fptrace.Caching.Store;
using Fptrace.Manifests;
using Fptrace.Steps;

namespace Fptrace.Caching;

/// <summary>Results of earlier runs, found by what a run would see now.</summary>
/// <remarks>Used by many threads. No fault of the cache fails a build: it is a miss, with a reason.</remarks>
public sealed class BuildCache : IDisposable
{
    private readonly ContentStore? _store;
    private readonly CachePolicy _options;

    private BuildCache(ContentStore? store, CachePolicy options)
    {
        _store = store;
        _options = options;
    }

    /// <summary>What the user should know of it, once: a line in words. Null: nothing.</summary>
    public string? Notice => _store?.Directory.Notice;

    /// <param name="path">The store's directory; null for <see cref="ContentStore.DefaultPath"/>.</param>
    /// <param name="options">How it is used.</param>
    /// <exception cref="CacheException">It cannot be used; the message says why and what to do.</exception>
    public static BuildCache Open(string? path, CachePolicy options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new BuildCache(options.Mode == CacheMode.Off
            ? null
            : ContentStore.Open(path ?? ContentStore.DefaultPath, options.Mode), options);
    }

    /// <summary>Looks for a run that saw what this one would see, and puts its outputs in place.</summary>
    /// <param name="step">The command that is about to run.</param>
    /// <param name="environment">What counts of its environment.</param>
    /// <param name="previous">What is known of its last run here, if anything: spares reading what has not changed
    /// since.</param>
    /// <param name="cancellation">Heeded until the first output is put in place.</param>
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

    /// <summary>Keeps a run for others.</summary>
    /// <param name="manifest">Of the run that just ended; its outputs are read from the tree.</param>
    /// <param name="environment">What counted of its environment.</param>
    /// <param name="cancellation">Nothing half-done is left.</param>
    /// <returns>Null if it is stored; otherwise why not, one line in words.</returns>
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
            // To nine tenths, so that not every run from here on collects. While others use the store, one of them
            // will.
            StoreMaintenance.Collect(_store, _options.Limit / 10 * 9, TimeSpan.Zero, CancellationToken.None);
        }
    }
}
