using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests.Checking;

/// <summary>One comparison of a manifest's observations, outputs, deletions and temporaries with the files.</summary>
/// <remarks>Several threads take chunks of them.</remarks>
internal sealed class ManifestWalk
{
    private readonly Manifest _manifest;
    private readonly CheckPlan _options;
    private readonly CancellationToken _cancellation;
    private readonly GlobSet _ignore;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, List<Difference>> _differences = [];
    private readonly Dictionary<int, Observation> _newObservations = [];
    private readonly Dictionary<int, StepOutput> _newOutputs = [];
    private int _firstChunk = int.MaxValue;

    public ManifestWalk(Manifest manifest, CheckPlan options, CancellationToken cancellation)
    {
        _manifest = manifest;
        _options = options;
        _cancellation = cancellation;
        _ignore = IgnoredPaths.AsNames(manifest.Step);
        Count = manifest.Observations.Count + manifest.Outputs.Count + manifest.Deletions.Count
            + manifest.Temporaries.Count;
    }

    public int Count { get; }

    public Measure NewMeasure() => new(_manifest.Step.Root, _ignore) { TimestampsOnly = _options.TimestampsOnly };

    /// <summary>Whether a chunk is still needed: it may hold the first difference, or the caller wants all.</summary>
    public bool Wants(int chunk) => !_cancellation.IsCancellationRequested
        && (_options.All || chunk < Volatile.Read(ref _firstChunk));

    public void CheckChunk(Measure measure, int chunk, int size)
    {
        var found = new List<Difference>();
        int end = Math.Min((chunk + 1) * size, Count);
        for (int i = chunk * size; i < end && !_cancellation.IsCancellationRequested
            && (_options.All || found.Count == 0); i++)
        {
            Check(measure, i, found);
        }

        if (found.Count > 0)
        {
            lock (_lock)
            {
                _differences.Add(chunk, found);
                _firstChunk = Math.Min(_firstChunk, chunk);
            }
        }
    }

    public IEnumerable<Difference> Differences() => _differences.Count == 0
        ? []
        : _differences.Keys.Order().SelectMany(chunk => _differences[chunk]);

    /// <summary>The manifest with the times of files that were touched; null if no times differ.</summary>
    public Manifest? Refreshed() => _newObservations.Count + _newOutputs.Count == 0 ? null : _manifest with
    {
        Observations = [.. _manifest.Observations.Select((old, i) => _newObservations.GetValueOrDefault(i, old))],
        Outputs = [.. _manifest.Outputs.Select((old, i) => _newOutputs.GetValueOrDefault(i, old))],
    };

    /// <summary>Compares git's index with its files again, if any file was touched.</summary>
    /// <remarks>The index's own stamp does not show that: touching a file does not change the index.</remarks>
    public void CheckIndexes()
    {
        if (_newObservations.Count + _newOutputs.Count == 0)
        {
            return;
        }

        using Measure measure = NewMeasure();
        var found = new List<Difference>();
        for (int i = 0; i < _manifest.Observations.Count; i++)
        {
            if (KindOf(i) == ObservationKind.IndexTimes && !_newObservations.ContainsKey(i))
            {
                Observation old = _manifest.Observations[i];
                ObservationComparison.Compare(old,
                    measure.Now(old with { State = old.State with { Stamp = default } }), found);
            }
        }

        if (found.Count > 0)
        {
            _differences.Add(int.MaxValue, found);
        }
    }

    private void Check(Measure measure, int i, List<Difference> found)
    {
        if (i < _manifest.Observations.Count)
        {
            CheckObservation(measure, i, found);
            return;
        }

        i -= _manifest.Observations.Count;
        if (i < _manifest.Outputs.Count)
        {
            CheckOutput(measure, i, found);
            return;
        }

        i -= _manifest.Outputs.Count;
        CheckGone(measure, i < _manifest.Deletions.Count
            ? _manifest.Deletions[i]
            : _manifest.Temporaries[i - _manifest.Deletions.Count], found);
    }

    private void CheckGone(Measure measure, ByteString path, List<Difference> found)
    {
        try
        {
            if (measure.Exists(path))
            {
                found.Add(new Difference(DifferenceKind.Output, path.ToString(), $"now exists: {Words.Of(path)}"));
            }
        }
        catch (LinkOnWayException e) when (IsOwnLink(e.Link))
        {
            // The path does not exist: the step itself has replaced the directory by a link.
        }
        catch (LinkOnWayException e)
        {
            found.Add(new Difference(DifferenceKind.Output, path.ToString(), e.Message));
        }
    }

    private ObservationKind KindOf(int observation) =>
        (_manifest.Observations as StoredObservations)?.Entry(observation).Kind
            ?? _manifest.Observations[observation].Kind;

    /// <summary>Whether the step itself left a link there. The search is linear, since few checks need it.</summary>
    private bool IsOwnLink(ByteString path)
    {
        foreach (StepOutput output in _manifest.Outputs)
        {
            if (output.Path == path)
            {
                return output.State.Type == FileType.Symlink;
            }
        }

        return false;
    }

    private void CheckObservation(Measure measure, int i, List<Difference> found)
    {
        // The state before ReadModifyWrite is gone, by the step's own work, and the state after it is an output. If the
        // stored row still holds, no Observation has to be made.
        var stored = _manifest.Observations as StoredObservations;
        if (KindOf(i) == ObservationKind.ReadModifyWrite || (stored is not null && measure.Holds(stored, i)))
        {
            return;
        }

        Observation old = stored?.Make(i) ?? _manifest.Observations[i];
        Observation now;
        try
        {
            now = measure.Now(old);
        }
        catch (LinkOnWayException e) when (old.Kind == ObservationKind.Absent && IsOwnLink(e.Link))
        {
            return;
        }
        catch (IOException e)
        {
            found.Add(new Difference(DifferenceKind.Input, old.Path.ToString(), e.Message));
            return;
        }

        int before = found.Count;
        ObservationComparison.Compare(old, now, found);
        if (found.Count == before && now.State.Stamp != old.State.Stamp)
        {
            lock (_lock)
            {
                _newObservations.Add(i, old with { State = old.State with { Stamp = now.State.Stamp } });
            }
        }
    }

    private void CheckOutput(Measure measure, int i, List<Difference> found)
    {
        var stored = _manifest.Outputs as StoredOutputs;
        if (stored is not null && measure.Holds(stored, i))
        {
            return;
        }

        StepOutput old = stored?.Make(i) ?? _manifest.Outputs[i];
        StepOutput now;
        try
        {
            now = measure.Now(old);
        }
        catch (IOException e)
        {
            found.Add(new Difference(DifferenceKind.Output, old.Path.ToString(), e.Message));
            return;
        }

        int before = found.Count;
        ObservationComparison.Compare(old, now, found);
        if (found.Count == before && now.State.Stamp != old.State.Stamp)
        {
            lock (_lock)
            {
                _newOutputs.Add(i, old with { State = old.State with { Stamp = now.State.Stamp } });
            }
        }
    }
}
