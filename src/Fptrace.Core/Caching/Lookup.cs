using Fptrace.Caching.Keys;
using Fptrace.Caching.Restoring;
using Fptrace.Caching.Store;
using Fptrace.Manifests;
using Fptrace.Manifests.Checking;
using Fptrace.Manifests.Format;
using Fptrace.Manifests.Recording;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Caching;

/// <summary>
/// One lookup, in two phases: the weak key leads to path sets, and a strong key for each to a result.
/// </summary>
internal sealed class Lookup
{
    private const int LongestManifest = 1 << 30;
    private readonly ContentStore _store;
    private readonly StepIdentity _step;
    private readonly StepEnvironment _environment;
    private readonly Dictionary<(ByteString, ObservationKind), Observation> _seen = [];
    private readonly Manifest? _previous;
    private Lazy<IReadOnlyList<Manifest>> _runs = new([]);
    private readonly CachePolicy _options;
    private readonly ContentDigest _weak;
    private readonly List<(int Distance, string Reason)> _misses = [];

    // Path sets that lead to a result, although some of its outputs stand here already. A result of a run that itself
    // found these outputs is the better one, so this list is tried last.
    private readonly List<KnownPathSet> _lenient = [];
    private string? _fault;

    public Lookup(ContentStore store, StepIdentity step, StepEnvironment environment, Manifest? previous,
        CachePolicy options)
    {
        _store = store;
        _step = step;
        _environment = environment;
        _options = options;
        _weak = CacheKey.Weak(step, CacheKey.Environment(environment), options.Anywhere);
        _previous = previous;
        Remember(previous?.Observations ?? []);
    }

    public CacheLookup Run(CancellationToken cancellation)
    {
        if (_store.ReadEntry(_weak, PathSetList.LongestEntry) is not { } entry)
        {
            // No run is known here, so if the command was ever run, it was in another clone: the message names that
            // case.
            return CacheLookup.Miss(_previous is null && !_options.Anywhere
                ? Reasons.UnknownHere
                : "the cache knows no run of this command with this environment");
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

        _runs =
            new(() =>
                [.. list.Sets.Select(known => ReadManifest(known.Manifest)).Prepend(_previous).OfType<Manifest>()]);
        foreach (bool isLast in (ReadOnlySpan<bool>)[false, true])
        {
            foreach (KnownPathSet known in isLast ? [.. _lenient] : list.Sets)
            {
                if (TryRestore(known, isLast, cancellation) is { } manifest)
                {
                    _store.Touch(_weak);
                    return new CacheLookup(manifest, null);
                }
            }
        }

        return CacheLookup.Miss(_fault ?? Nearest() ?? "an entry of the cache is empty");
    }

    private Manifest? TryRestore(KnownPathSet known, bool isLast, CancellationToken cancellation)
    {
        if (_store.ReadBlob(known.Set.Digest, PathSet.LongestSet) is not { } blob)
        {
            return Miss("the cache has lost a path set");
        }

        IReadOnlyList<Observation> now;
        try
        {
            now = CurrentState.Now(Templates(PathSet.Parse(blob)), _step, cancellation);
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
            (int distance, string reason) = Explain(known, now);
            return Miss(reason, distance);
        }

        try
        {
            Manifest? manifest = Restore(ResultEntry.Parse(entry), known, strong, isLast, cancellation);
            if (manifest is not null)
            {
                _store.Touch(strong);
                Manifest restored = manifest with
                {
                    Step = _step with { Terminal = manifest.Step.Terminal },
                    Environment = _environment.Digests,
                    Observations = LeftState.Before(now, manifest),
                };
                return KeptOutputs.WithLeft(KeptOutputs.Keep(restored, KeptOutputs.Of(_previous, _step)),
                    KeptOutputs.OwnWork(_previous, _step));
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

    /// <summary>
    /// Checks that the result belongs to this key and may be used here, then puts its outputs in place.
    /// </summary>
    /// <exception cref="InvalidDataException">The result belongs to another key, or has lost its manifest.</exception>
    private Manifest? Restore(ResultEntry result, KnownPathSet known, ContentDigest strong, bool isLast,
        CancellationToken cancellation)
    {
        if (ReadManifest(result.Manifest) is not { } manifest)
        {
            throw new InvalidDataException("has lost its manifest");
        }

        // Check again that the result belongs to this key: others, too, may have written to the store.
        if (!manifest.Passes
            || CacheKey.Weak(manifest.Step, manifest.Environment.Sum, _options.Anywhere) != _weak
            || !IsKeyOf(manifest, known.Set.Digest, strong))
        {
            throw new InvalidDataException("belongs to another run");
        }

        if (!(_options.Fits?.Invoke(manifest) ?? manifest.Printed.All(chunk => !chunk.IsBoth)))
        {
            return Miss("stdout and stderr were one file when it ran, and are two now");
        }

        if (StepTerminal.Compare(manifest.Step.Terminal, _step.Terminal) is string other)
        {
            return Miss(other);
        }

        using var priorState = new PriorStateCheck(manifest, _step, _previous, _runs, _options.Idempotent);
        if (priorState.Fault() is string fault)
        {
            return MissMatching(fault);
        }

        if (priorState.IsLenient && !isLast)
        {
            _lenient.Add(known);
            return null;
        }

        IReadOnlyList<StepOutput> outputs = Restoration.Run(_store, manifest, result, _step.Root, cancellation);
        return manifest with
        {
            Outputs = [.. outputs.Select(output => output with { IsOver = priorState.IsOver(output.Path) })],
        };
    }

    private bool IsKeyOf(Manifest manifest, ContentDigest set, ContentDigest strong) =>
        CacheKey.Strong(_weak, set, manifest.Observations) == strong
        || (_options.Idempotent && LeftState.Of(manifest) is { } left && CacheKey.Left(_weak, set, left) == strong);

    private Manifest? ReadManifest(BlobReference reference) =>
        _store.ReadBlob(reference.Digest, LongestManifest) is { } bytes ? ManifestReader.Read(bytes).Manifest : null;

    /// <summary>
    /// The observations of a path set, each with the state that was last seen there, so that a file with an equal stamp
    /// need not be read.
    /// </summary>
    private List<Observation> Templates(PathSet set) =>
    [
        .. set.Observations.Select(observation =>
            observation.Kind is not (ObservationKind.Listing or ObservationKind.Absent or ObservationKind.IndexTimes)
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

    /// <summary>Compares what stands here with what the last run with this path set saw.</summary>
    /// <returns>The number of differences, and the first one in words.</returns>
    private (int Distance, string Reason) Explain(KnownPathSet known, IReadOnlyList<Observation> now)
    {
        if (ReadManifest(known.Manifest) is not { } manifest || manifest.Observations.Count != now.Count)
        {
            return (int.MaxValue, "no run in the cache saw what stands here now");
        }

        var differences = new List<Difference>();
        for (int i = 0; i < now.Count; i++)
        {
            Observation then = manifest.Observations[i];
            if (then.Kind == ObservationKind.ReadModifyWrite && !IsAsBefore(then, now[i]))
            {
                string path = then.Path.ToString();
                differences.Add(new Difference(DifferenceKind.Input, path,
                    $"not as it was before the cached run modified it: {path}"));
            }

            ObservationComparison.Compare(then.BeforeRun, now[i], differences);
        }

        return differences.Count > 0
            ? (differences.Count, differences[0].Text)
            : (int.MaxValue, "the result is in the cache no more");
    }

    private static bool IsAsBefore(Observation then, Observation now) =>
        then.State.IsSame(now.State)
            && (then.Names is null || (now.Names is not null && then.Names.SequenceEqual(now.Names)));

    /// <summary>
    /// A miss although the observations match. Its reason tells the user more than how other runs differ.
    /// </summary>
    private Manifest? MissMatching(string fault)
    {
        _fault ??= fault;
        return null;
    }

    private Manifest? Miss(string reason, int distance = int.MaxValue)
    {
        _misses.Add((distance, reason));
        return null;
    }

    /// <summary>The reason of the miss with the fewest differences.</summary>
    /// <remarks>
    /// Among equals, a reason other than that of the most recent run is preferred: the check of the manifest has mostly
    /// reported that one already.
    /// </remarks>
    private string? Nearest()
    {
        if (_misses.Count == 0)
        {
            return null;
        }

        int least = _misses.Min(miss => miss.Distance);
        string last = _misses[0].Reason;
        return _misses.Find(miss => miss.Distance == least && miss.Reason != last).Reason
            ?? _misses.Find(miss => miss.Distance == least).Reason;
    }
}
