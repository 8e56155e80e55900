using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>Turns a trace into what a step depended on and what it made.</summary>
/// <remarks>
/// What a step sees of its own work is nothing that it depends on: from the first change of a path on, only how it ends
/// counts. Contents count as they are when the command has ended; stamps taken at each access tell whether they are
/// still the same. Only what a change is about to replace is read at once (<see cref="Changing"/>). Thread-safe:
/// accesses come from one thread at a time, changes are announced by others. No file is looked at under the lock, nor
/// when an access comes: what had to be seen came with it (<see cref="StandingWitness"/>).
/// </remarks>
public sealed partial class ManifestRecorder : ITraceSink, IDisposable
{
    private readonly Lock _gate = new();
    private readonly StepIdentity _step;
    private readonly EnvironmentDigests _environment;
    private readonly GlobSet _ignore;
    private readonly StandingWitness _witness;
    private readonly Dictionary<ByteString, PathRecord> _records = new(PathBytes.Comparer);
    private readonly HashSet<ByteString> _ownDirectories = new(PathBytes.Comparer);
    private readonly EarlyDigests _early = new();
    private readonly List<string> _refusals = [];
    private TraceSummary? _summary;
    private bool _setsAttributes;

    /// <param name="step">What is run.</param>
    /// <param name="environment">What counts of its environment.</param>
    public ManifestRecorder(StepIdentity step, EnvironmentDigests environment)
    {
        ArgumentNullException.ThrowIfNull(step);
        _step = step;
        _environment = environment;
        _ignore = IgnoredPaths.Of(step);
        _witness = new StandingWitness(Changing);
    }

    /// <summary>Keeps what the step changes of what stood there before; null when nobody wants it back.</summary>
    public IUndoLog? UndoLog { get; init; }

    /// <summary>All that a run may depend on; its standard streams are seen elsewhere.</summary>
    public TraceNeeds Needs { get; } = new() { Files = true, Removals = true, Probes = true, Executables = true,
        Network = true };

    /// <summary>Each is taken in when it comes.</summary>
    public bool WantsAccesses => false;

    public IWitness Witness => _witness;

    /// <summary>Something makes this run one that can never stand for another; one line of words.</summary>
    public void Refuse(string reason)
    {
        lock (_gate)
        {
            if (!_refusals.Contains(reason))
            {
                _refusals.Add(reason);
            }
        }
    }

    /// <summary>The tool itself looked there for the step, as along PATH, and found nothing of use.</summary>
    public void LookedFor(ByteString path)
    {
        AccessFacts? facts = _witness.See(path);
        lock (_gate)
        {
            Observe(facts, content: false);
        }
    }

    public void Started(Execution execution)
    {
        ArgumentNullException.ThrowIfNull(execution);
        lock (_gate)
        {
            foreach (AccessFacts program in execution.Programs)
            {
                Observe(program, content: true);
            }
        }
    }

    public void Accessed(Execution execution, in Access access)
    {
        if (access.Path.IsEmpty || (_printed.Count == 0 && LinkResolver.IsKernels(access.Path.Span)))
        {
            return;
        }

        lock (_gate)
        {
            if (LinkResolver.IsKernels(access.Path.Span))
            {
                AccessStream(access);
            }
            else
            {
                Access(execution, access);
            }
        }
    }

    public void Exited(Execution execution, int pid, long timeNs, int status)
    {
    }

    public void Ended(Execution execution)
    {
    }

    public void Complete(TraceSummary summary) => _summary = summary;

    public void Dispose() => _early.Dispose();

    private void Access(Execution execution, in Access access)
    {
        ReadOnlySpan<byte> path = access.Path.Span;
        AccessFacts facts = access.Facts ?? throw new ArgumentException("it was not seen", nameof(access));
        if (access.Kind == AccessKind.Probe && !access.Counterpart.IsEmpty
            && Named(facts.Named) != Named(facts.Counterpart))
        {
            // That two names are of one file no observation tells: two equal files would have become one.
            Refuse(
                "it renamed a file to another name of the same file (hard links), where rename(2) does nothing: "
                    + $"{Shown(path)}");
        }

        switch (access.Kind)
        {
            case AccessKind.Read:
            case AccessKind.LinkFrom when access.Type != FileType.Symlink:
                Observe(Followed(facts.Followed), access.Before, content: true);
                break;
            case AccessKind.Probe or AccessKind.LinkFrom when access.Type == FileType.Symlink:
                Named(facts.Named)?.NoteLink();
                Observe(facts, content: false);
                break;
            case AccessKind.Probe:
                Observe(Followed(facts.Followed), access.Before, content: false);
                break;
            case AccessKind.Absent:
                NoteMissed(execution, access, facts);
                Observe(Followed(facts.Followed), default, content: false);
                break;
            case AccessKind.Listing:
                List(access, facts);
                break;
            case AccessKind.Write or AccessKind.ReadWrite or AccessKind.Attributes:
                PathRecord? changed = access.Before.Type == FileType.Symlink
                    ? Named(facts.Named)
                    : Followed(facts.Followed);
                if (access.Kind == AccessKind.Attributes)
                {
                    _setsAttributes = true;
                    changed?.SetsAttributes = true;
                }

                Change(changed, access, facts.Stamp);
                break;
            case AccessKind.Create:
                Change(Followed(facts.Followed), access, facts.Stamp);
                break;
            default:
                ChangeName(execution, access, facts);
                break;
        }
    }

    private void ChangeName(Execution execution, in Access access, AccessFacts facts)
    {
        if (access.MovesNames)
        {
            ForgetPaths();
        }

        PathRecord? record = Named(facts.Named);
        Change(record, access, facts.Stamp);
        if (record is null || access.Type != FileType.Directory)
        {
            return;
        }

        if (access.Kind == AccessKind.RenameFrom)
        {
            // All that was in it is gone from there.
            foreach (PathRecord below in _records.Values.Where(
                known => PathNesting.IsBelow(known.Path.Span, record.Path.Span)))
            {
                SettleMoved(below);
                below.IsOwn = true;
                below.Readers++;
            }
        }

        if (access.Kind is AccessKind.MakeDirectory or AccessKind.RenameTo)
        {
            _ownDirectories.Add(record.Path);
            record.OwnsNames = !record.ExistedBefore && (IsCleared(execution, record) || IsInCleared(record.Path.Span));
        }

        if (access.Kind == AccessKind.RenameTo)
        {
            record.CameWhole = Named(facts.Counterpart) is { } source
                && (source.NamesBefore is not null || source.CameWhole);
            Adopt(facts.Below, record.CameWhole);
        }
    }

    /// <summary>What stands where a path leads.</summary>
    private void Observe(AccessFacts? facts, bool content)
    {
        if (facts is not null)
        {
            Observe(Followed(facts.Followed), facts.Stamp, content);
        }
    }

    /// <summary>Where nothing had stood, the open would have made a file with the mode that new files have.</summary>
    private bool MakesUsual(in Access access) =>
        access.Makes is uint mode && NewFiles.Mode(_step, mode) == NewFiles.Mode(_step);

    /// <param name="record">Of what.</param>
    /// <param name="access">The change.</param>
    /// <param name="after">What stood there when it was made.</param>
    private void Change(PathRecord? record, in Access access, in FileStamp after)
    {
        if (record is null || record.IsOwn)
        {
            NoteReader(record, access);
            return;
        }

        ChangeStream(record.Path);
        Settle(record, access.Before, after);
        if (!record.IsObserved)
        {
            record.ExistedBefore = access.Before.Exists;
            record.IsExclusive = access.IsExclusive && !record.IsLookedFor && !record.IsSeenLink;
        }
        else if (record.IsRead && !IsSame(record.Stamp, access.Before))
        {
            Refuse($"input changed{Reasons.WhileItRan}{Shown(record.Path.Span)}");
        }

        record.IsOwn = true;
        record.Opening = access.Kind is AccessKind.Write or AccessKind.ReadWrite or AccessKind.Create
            && !access.IsExclusive
            ? (!access.Before.Exists ? OutputOpening.New
                : MakesUsual(access) ? OutputOpening.Old
                : OutputOpening.Standing)
            : OutputOpening.None;
        record.ModeBefore = access.Before.Mode;
        record.IsDeletedFirst = access.Kind == AccessKind.Delete;
        record.IsReplaceable = MayBeReplaced(record, access);
        NoteReader(record, access);
        record.UsesBefore |= record.IsRead || record.Names is not null || Keeps(access);
    }
}
