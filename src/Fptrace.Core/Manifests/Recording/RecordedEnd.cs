using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Manifests.Checking;
using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>Reads a step's paths after it has ended, for its observations, outputs and deletions.</summary>
internal sealed partial class RecordedEnd
{
    private static readonly ContentDigest s_empty =
        ContentDigest.FromBytes(System.Security.Cryptography.SHA256.HashData([]));

    private readonly StepIdentity _step;
    private readonly GlobSet _ignore;
    private readonly List<PathRecord> _records;
    private readonly IReadOnlyDictionary<ByteString, PathRecord> _byPath;
    private readonly IReadOnlyDictionary<ByteString, ByteString> _links;
    private readonly SortedDictionary<int, string> _refusals = [];
    private readonly Observation?[] _observations;
    private readonly StepOutput?[] _outputs;
    private readonly bool[] _deleted;
    private readonly bool[] _temporary;
    private Dictionary<ByteString, List<ByteString>> _ownNames = [];

    public RecordedEnd(
        StepIdentity step,
        GlobSet ignore,
        IReadOnlyDictionary<ByteString, PathRecord> records,
        IReadOnlyDictionary<ByteString, ByteString> links,
        Manifest? previous,
        DigestFile? digests)
    {
        _step = step;
        _digests = digests;
        _ignore = ignore;
        _ignoredNames = IgnoredPaths.AsNames(step);
        _ignoredOutputs = IgnoredPaths.AsOutputs(step);
        _ignoredListings = IgnoredPaths.AsListings(step);
        _byPath = records;
        _links = links;
        _records = [.. records.Values];
        _records.Sort((one, other) => one.Path.CompareTo(other.Path));
        _observations = new Observation?[_records.Count];
        _outputs = new StepOutput?[_records.Count];
        _deleted = new bool[_records.Count];
        _temporary = new bool[_records.Count];
        Learn(previous);
    }

    /// <summary>Whether the run set any attributes, so that outputs are asked for theirs.</summary>
    public bool SetsAttributes { get; init; }

    /// <summary>The files that are the step's stdout or stderr. What it prints there is no input.</summary>
    public IReadOnlyDictionary<ByteString, string> Printed { get; init; } = new Dictionary<ByteString, string>();

    public IEnumerable<string> Refusals => _refusals.Values;

    public IReadOnlyList<Observation> Observations { get; private set; } = [];

    public IReadOnlyList<StepOutput> Outputs { get; private set; } = [];

    public IReadOnlyList<ByteString> Deletions { get; private set; } = [];

    public IReadOnlyList<ByteString> Temporaries { get; private set; } = [];

    public void Read()
    {
        _ownNames = OwnNames();

        // Largest first, one at a time: otherwise one thread would get the compiler and all its libraries.
        (int[] large, long bytes) = Large();
        CurrentState.Spread(large.Length, 1, Workers.Count(0, (int)(bytes / WorthThread)), NewMeasure,
            (measure, i) => End(measure, large[i]));
        var isDone = large.ToHashSet();
        CurrentState.Spread(_records.Count, NewMeasure, (measure, i) =>
        {
            if (!isDone.Contains(i))
            {
                End(measure, i);
            }
        });
        DropEmptyDirectories();
        LookAtWays();
        List<Observation> observations =
            [.. _observations.OfType<Observation>(), .. _indexTimes, .. Links(), .. PlacesOfGone()];
        observations.Sort(ObservationReader.Compare);
        Observations = observations;
        Outputs = [.. _outputs.OfType<StepOutput>().OrderBy(output => output.Path)];
        Deletions = [.. StoredWhere(_deleted)];
        Temporaries = TopMost([.. StoredWhere(_temporary)]);

        Measure NewMeasure() => new(_step.Root, _ignoredNames) { AllDigests = true };

        void End(Measure measure, int i)
        {
            PathRecord record = _records[i];
            _observations[i] = record.IsOwn ? EndOwn(measure, record, i) : EndInput(measure, record, i);
        }
    }

    /// <summary>The paths whose records are marked, sorted.</summary>
    private IEnumerable<ByteString> StoredWhere(bool[] isMarked) =>
        _records.Where((_, i) => isMarked[i]).Select(record => Stored(record.Path)).Order();

    private ByteString Stored(ByteString path) => StoredPath.Shorten(path, _step.Root);

    private Observation? EndOwn(Measure measure, PathRecord record, int i)
    {
        ByteString path = Stored(record.Path);
        if (_ignoredOutputs.Matches(path.Span))
        {
            return EndIgnoredOutput(measure, record, path, i);
        }

        FileState state = measure.StateAt(path, default, out ByteString target);
        bool isUsed = record.UsesBefore && record.ExistedBefore;
        if (isUsed && !record.Before.Exists)
        {
            Refuse(i, $"what it changed could not be read before: {Words.Of(path)}");
            return null;
        }

        // If the step itself has closed a directory (EACCES), an output may exist that a cache hit would lack.
        if (state.Exists
            ? state.Type == FileType.Regular && state.Digest.IsEmpty
            : !IsGone(measure, path) || measure.Error(path) == errno.EACCES)
        {
            Refuse(i, $"an output cannot be read: {Words.Of(path)}");
            return null;
        }

        bool isOver = record.ExistedBefore && !IsOwnWork(record, path);
        PriorState priorState = PriorStateOf(record);
        bool isAsked = record.Before.Exists && !isUsed && priorState == PriorState.Found && (isOver || !state.Exists);
        string attributes = SetsAttributes && state.Exists
            ? ExtraAttributes.Of(fcntl.AT_FDCWD, [.. record.Path.Span, 0])
            : "";
        bool sets = record.SetsAttributes && (attributes.Length > 0 || record.AttributesBefore.Length > 0);
        if (sets && attributes.Length == 0)
        {
            attributes = ExtraAttributes.Usual;
        }

        if (isUsed && !sets && record.Before.IsSame(state) && record.TargetBefore == target
            && !IsWithNames(record, state))
        {
            // Opened for writing but not changed, like a lock file: only an input, unless the step set attributes.
            NoteIndexTimes(measure, record, path, state);
            return new Observation { Path = path, Kind = ObservationKind.Existence, State = state, Target = target };
        }

        if (state.Exists)
        {
            _outputs[i] = new StepOutput
            {
                Path = path,
                State = state,
                Target = target,
                PriorState = priorState,
                IsOver = isOver,
                Opening = record.Opening,
                Names = NamesLeft(measure, record, state, i),
                Attributes = attributes,
            };
        }
        else
        {
            // A file that was written before its removal is like a temporary: the open would have made it, too.
            bool isWritten = record.Opening is OutputOpening.Old or OutputOpening.Standing && !isUsed && !isAsked;
            _deleted[i] = record.ExistedBefore
                && !(isWritten && record.Opening == OutputOpening.Old && record.ModeBefore == NewFiles.Mode(_step));
            _temporary[i] = !record.ExistedBefore || isWritten;
        }

        return isUsed || isAsked
            ? new Observation
            {
                Path = path,
                Kind = ObservationKind.ReadModifyWrite,
                State = record.Before,
                Target = record.TargetBefore,
                Names = NamesBefore(record),
            }
            : null;
    }

    private Observation? EndInput(Measure measure, PathRecord record, int i)
    {
        ByteString path = Stored(record.Path);
        if (!record.IsObserved || IsCompiledPython(record))
        {
            return null;
        }

        if (record.IsMissed)
        {
            return EndMissed(measure, record, path, i);
        }

        if (record.Names is not null && !_ignoredListings.Matches(path.Span))
        {
            return EndListing(measure, record, path, i);
        }

        FileLook look = FileLook.At(fcntl.AT_FDCWD, [.. record.Path.Span, 0], FinalLink.Keep);
        FileStamp was = record.Stamp;
        if (!look.Exists)
        {
            Refuse(i, $"input vanished{Reasons.WhileItRan}{Words.Of(path)}");
            return null;
        }

        FileStamp stamp = look.Stamp;
        if (IsEmptyStream(record, look))
        {
            return new Observation
            {
                Path = path,
                Kind = ObservationKind.Existence,
                State = new FileState(FileType.Regular, look.Mode, 0, s_empty, default),
            };
        }

        FileState known = KnownState(path, record.Path, look);
        FileState state = measure.StateAt(path, known, out _);
        if (state != known && state.Stamp == look.Times)
        {
            _digests?.Add(record.Path, look.Device, state);
        }

        bool isSame = was.Type == stamp.Type
            && (was.Type is not (FileType.Regular or FileType.Directory) || was.Mode == stamp.Mode)
            && (was.Type != FileType.Regular
                || (was.Size == stamp.Size && was.ModifiedNs == stamp.ModifiedNs && was.Inode == stamp.Inode
                    && was.Device == stamp.Device && state.Size == was.Size && !WasElsewhere(record, look)));
        if (!isSame)
        {
            Refuse(i, $"input changed{Reasons.WhileItRan}{Words.Of(path)}");
        }
        else if (record.IsRead && state.Digest.IsEmpty)
        {
            Refuse(i, $"an input cannot be read: {Words.Of(path)}");
        }

        NoteIndexTimes(measure, record, path, state);
        return new Observation
        {
            Path = path,
            Kind = record.IsRead ? ObservationKind.Content : ObservationKind.Existence,
            State = state,
        };
    }

    /// <summary>Whether this is the step's own stdout, which it examined before it printed and found empty.</summary>
    /// <remarks>A shell empties it before each run (<c>&gt;</c>), so a check finds it empty, too.</remarks>
    private bool IsEmptyStream(PathRecord record, in FileLook look) =>
        Printed.ContainsKey(record.Path)
        && !record.IsRead
        && record.Stamp is { Type: FileType.Regular, Size: 0 }
        && look.Type == FileType.Regular
        && look.Mode == record.Stamp.Mode
        && look.Times.Inode == record.Stamp.Inode
        && look.Device == record.Stamp.Device;

    private void Refuse(int i, string reason)
    {
        lock (_refusals)
        {
            _refusals.TryAdd(i, reason);
        }
    }
}
