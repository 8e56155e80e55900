using Fptrace.Manifests;
using Fptrace.Model;

namespace Fptrace.Caching;

/// <summary>One lookup in both phases.</summary>
internal sealed class Lookup
{
    private const int LongestManifest = 1 << 30;
    private readonly ContentStore _store;
    private readonly StepIdentity _step;
    private readonly IReadOnlyList<EnvironmentDigest> _environment;
    private readonly Dictionary<(ByteString, ObservationKind), Observation> _seen = [];
    private readonly Manifest? _previous;
    private Lazy<IReadOnlyList<Manifest>> _runs = new([]);
    private readonly CacheOptions _options;
    private readonly ContentDigest _weak;
    private string? _reason;

    public Lookup(ContentStore store, StepIdentity step, IReadOnlyList<EnvironmentDigest> environment, Manifest? previous, CacheOptions options)
    {
        _store = store;
        _step = step;
        _environment = environment;
        _options = options;
        _weak = CacheKey.Weak(step, environment, options.Anywhere);
        _previous = previous;
        Remember(previous?.Observations ?? []);
    }

    public CacheLookup Run(CancellationToken cancellation)
    {
        if (_store.ReadEntry(_weak, PathSetList.LongestEntry) is not { } entry)
        {
            return CacheLookup.Miss("this command was not cached before");
        }

        PathSetList list;
        try
        {
            list = PathSetList.Parse(entry);
        }
        catch (InvalidDataException e)
        {
            _store.Remove(CacheSpace.Action, _weak);
            return CacheLookup.Miss($"an entry of the cache {e.Message}");
        }

        _runs = new(() => [.. list.Sets.Select(known => ReadManifest(known.Manifest)).Prepend(_previous).OfType<Manifest>()]);
        foreach (KnownPathSet known in list.Sets)
        {
            if (TryRestore(known, cancellation) is { } manifest)
            {
                _store.Touch(_weak);
                return new CacheLookup(manifest, null);
            }
        }

        return CacheLookup.Miss(_reason ?? "an entry of the cache is empty");
    }

    private Manifest? TryRestore(KnownPathSet known, CancellationToken cancellation)
    {
        if (_store.ReadBlob(known.Set.Digest, PathSet.LongestSet) is not { } blob)
        {
            return Miss("the cache has lost a path set");
        }

        IReadOnlyList<Observation> now;
        try
        {
            now = Survey.Now(Templates(PathSet.Parse(blob)), _step, threads: 0, cancellation);
        }
        catch (InvalidDataException e)
        {
            return Miss($"a path set of the cache {e.Message}");
        }
        catch (IOException e)
        {
            return Miss(e.Message);
        }

        Remember(now);
        ContentDigest strong = CacheKey.Strong(_weak, known.Set.Digest, now);
        byte[]? entry = _store.ReadEntry(strong, ResultEntry.LongestEntry);
        if (entry is null && _options.Idempotent && LeftState.Concerns(now))
        {
            strong = CacheKey.Left(_weak, known.Set.Digest, now);
            entry = _store.ReadEntry(strong, ResultEntry.LongestEntry);
        }

        if (entry is null)
        {
            return Miss(Explain(known, now));
        }

        try
        {
            Manifest? manifest = Restore(ResultEntry.Parse(entry), known.Set.Digest, strong, cancellation);
            if (manifest is not null)
            {
                _store.Touch(strong);
                return manifest with { Step = _step, Environment = _environment, Observations = LeftState.Before(now, manifest) };
            }

            return null;
        }
        catch (InvalidDataException e)
        {
            _store.Remove(CacheSpace.Action, strong);
            return Miss($"a result of the cache {e.Message}");
        }
        catch (RestoreException e)
        {
            return Miss(e.Message);
        }
    }

    /// <summary>Checks that the result is the one that was looked for, then puts it in place.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    private Manifest? Restore(ResultEntry result, ContentDigest set, ContentDigest strong, CancellationToken cancellation)
    {
        if (ReadManifest(result.Manifest) is not { } manifest)
        {
            throw new InvalidDataException("has lost its manifest");
        }

        // Whoever put it there, it must belong to this very key.
        if (!manifest.Passes
            || CacheKey.Weak(manifest.Step, manifest.Environment, _options.Anywhere) != _weak
            || !IsKeyOf(manifest, set, strong))
        {
            throw new InvalidDataException("belongs to another run");
        }

        return PriorState.Fault(manifest, _step, _runs, _options.Idempotent) is string fault
            ? Miss(fault)
            : manifest with { Outputs = Restoration.Run(_store, manifest, result, _step.Root, cancellation) };
    }

    private bool IsKeyOf(Manifest manifest, ContentDigest set, ContentDigest strong) =>
        CacheKey.Strong(_weak, set, manifest.Observations) == strong
        || (_options.Idempotent && LeftState.Of(manifest) is { } left && CacheKey.Left(_weak, set, left) == strong);

    private Manifest? ReadManifest(BlobReference reference) =>
        _store.ReadBlob(reference.Digest, LongestManifest) is { } bytes ? ManifestReader.Read(bytes).Manifest : null;

    /// <summary>The observations of a set, with what is known of them already, so that equal stamps spare reading.</summary>
    private List<Observation> Templates(PathSet set) =>
    [
        .. set.Observations.Select(observation => observation.Kind != ObservationKind.Listing
            && _seen.TryGetValue((observation.Path, observation.Kind), out Observation? seen)
            && (seen.State.Type == FileType.Symlink) == (observation.State.Type == FileType.Symlink)
            && (seen.Names is null) == (observation.Names is null) ? seen : observation),
    ];

    private void Remember(IReadOnlyList<Observation> observations)
    {
        foreach (Observation observation in observations)
        {
            _seen[(observation.Path, observation.Kind)] = observation;
        }
    }

    /// <summary>How this run differs from the last one with this path set.</summary>
    private string Explain(KnownPathSet known, IReadOnlyList<Observation> now)
    {
        if (ReadManifest(known.Manifest) is not { } manifest || manifest.Observations.Count != now.Count)
        {
            return "no run in the cache saw what stands here now";
        }

        var differences = new List<Difference>();
        for (int i = 0; i < now.Count; i++)
        {
            Observation then = manifest.Observations[i];
            if (then.Kind == ObservationKind.ReadModifyWrite && !IsAsBefore(then, now[i]))
            {
                return $"not as it was before the cached run modified it: {then.Path}";
            }

            ObservationComparison.Compare(then with { Names = then.NamesBefore }, now[i], differences);
            if (differences.Count > 0)
            {
                return differences[0].Text;
            }
        }

        return "the result is in the cache no more";
    }

    private static bool IsAsBefore(Observation then, Observation now) =>
        then.State.IsSame(now.State) && (then.Names is null || (now.Names is not null && then.Names.SequenceEqual(now.Names)));

    /// <summary>The most recent path set's reason is the one to tell.</summary>
    private Manifest? Miss(string reason)
    {
        _reason ??= reason;
        return null;
    }
}
