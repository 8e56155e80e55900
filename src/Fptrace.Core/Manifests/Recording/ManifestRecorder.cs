using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>Turns a trace into what a step depended on and what it made.</summary>
/// <remarks>
/// A step does not depend on its own work: after the first change of a path, only its final state counts. Contents are
/// read after the command has ended, and the stamps of each access show whether they are still the same. Only what a
/// change is about to replace is read at once (<see cref="Changing"/>). The recorder is thread-safe: accesses come from
/// one thread at a time, other threads announce changes. It examines no file under its lock or during an access,
/// because each access carries what the witness saw (<see cref="StandingWitness"/>).
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
    private readonly long _begin = FileLook.Now();
    private TraceSummary? _summary;
    private bool _setsAttributes;

    /// <param name="step">The step that is run.</param>
    /// <param name="environment">What counts of its environment.</param>
    public ManifestRecorder(StepIdentity step, EnvironmentDigests environment)
    {
        ArgumentNullException.ThrowIfNull(step);
        _step = step;
        _environment = environment;
        _ignore = IgnoredPaths.Of(step);
        _witness = new StandingWitness(Changing);
    }

    /// <summary>Saves what the step changes; null if nobody wants to undo the run.</summary>
    public IUndoLog? UndoLog { get; init; }

    /// <summary>Everything that a run may depend on, except the standard streams, which the tool handles.</summary>
    public TraceNeeds Needs { get; } = new() { Files = true, Removals = true, Probes = true, Executables = true,
        Network = true };

    /// <summary>False: the recorder handles each access when it arrives.</summary>
    public bool WantsAccesses => false;

    public IWitness Witness => _witness;

    /// <summary>Adds a reason, one line, why this run does not count.</summary>
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

    /// <summary>
    /// Records that the tool itself looked there for the step, as along PATH, and found nothing usable.
    /// </summary>
    public void LookedFor(ByteString path)
    {
        AccessFacts? facts = _witness.See(path);
        lock (_gate)
        {
            Observe(facts, LookKind.Examine);
        }
    }

    public void Started(Execution execution)
    {
        ArgumentNullException.ThrowIfNull(execution);
        lock (_gate)
        {
            foreach (AccessFacts program in execution.Programs)
            {
                Observe(program, LookKind.Read);
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

    public void Complete(TraceSummary summary) => _summary = summary;

    public void Dispose() => _early.Dispose();

    private void Access(Execution execution, in Access access)
    {
        ReadOnlySpan<byte> path = access.Path.Span;
        AccessFacts facts = access.Facts ?? throw new ArgumentException("it was not seen", nameof(access));
        if (access.Kind == AccessKind.Probe && !access.Counterpart.IsEmpty
            && Named(facts.Named) != Named(facts.Counterpart))
        {
            // No observation holds that two names are one file. With two equal files, rename(2) would have removed a
            // name.
            Refuse(
                "it renamed a file to another name of the same file (hard links), where rename(2) does nothing: "
                    + $"{Shown(new ByteString(path))}");
        }

        NoteNames(access, facts);

        switch (access.Kind)
        {
            case AccessKind.Read:
            case AccessKind.LinkFrom when access.Type != FileType.Symlink:
                Observe(Followed(facts.Followed), access.Before, LookKind.Read);
                break;
            case AccessKind.Probe or AccessKind.LinkFrom when access.Type == FileType.Symlink:
                Named(facts.Named)?.NoteLink();
                Observe(facts, LookKind.Examine);
                break;
            case AccessKind.Probe:
                Observe(Followed(facts.Followed), access.Before, LookKind.Examine);
                break;
            case AccessKind.Absent:
                NoteMissed(execution, access, facts);
                Observe(Followed(facts.Followed), default, LookKind.Examine);
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
            // Everything in the directory is gone from there.
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

    /// <summary>Observes what exists where a path leads.</summary>
    private void Observe(AccessFacts? facts, LookKind kind)
    {
        if (facts is not null)
        {
            Observe(Followed(facts.Followed), facts.Stamp, kind);
        }
    }

    /// <summary>
    /// Whether the open, without an existing file, would have made one with the usual mode of new files.
    /// </summary>
    private bool MakesUsual(in Access access) =>
        access.Makes is uint mode && NewFiles.Mode(_step, mode) == NewFiles.Mode(_step);

    /// <param name="record">The record of the path.</param>
    /// <param name="access">The change.</param>
    /// <param name="after">What existed right after the change.</param>
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
            Refuse($"input changed{Reasons.WhileItRan}{Shown(record.Path)}");
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
