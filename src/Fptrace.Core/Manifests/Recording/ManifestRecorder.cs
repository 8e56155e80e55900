using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>Turns a trace into what a step depended on and what it made.</summary>
/// <remarks>
/// What a step sees of its own work is nothing that it depends on: from the first change of a path on, only how it ends counts.
/// Contents count as they are when the command has ended; stamps taken at each access tell whether they are still the same. Only what a change is about
/// to replace is read at once (<see cref="Changing"/>). Thread-safe.
/// </remarks>
public sealed partial class ManifestRecorder : ITraceSink, IChangeObserver, IDisposable
{
    private readonly Lock _gate = new();
    private readonly StepIdentity _step;
    private readonly EnvironmentDigests _environment;
    private readonly GlobSet _ignore;
    private readonly LinkResolver _links;
    private readonly Dictionary<ByteString, PathRecord?> _followed = new(PathBytes.Comparer);
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
        _links = new LinkResolver { Met = path => RecordOf(path)?.NoteLink() };
    }

    /// <summary>Keeps what the step changes of what stood there before; null when nobody wants it back.</summary>
    public IUndoLog? UndoLog { get; init; }

    /// <summary>Each is taken in when it comes.</summary>
    public bool WantsAccesses => false;

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
        lock (_gate)
        {
            Observe(path, FileLook.StampOf(path.Span), content: false);
        }
    }

    public void Started(Execution execution)
    {
        ArgumentNullException.ThrowIfNull(execution);
        lock (_gate)
        {
            Executed(execution.Path);
            Executed(execution.Executable);
            foreach (ByteString interpreter in execution.Interpreters)
            {
                Executed(interpreter);
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
        if (access.Kind == AccessKind.Probe && !access.Counterpart.IsEmpty && Named(path) != Named(access.Counterpart.Span))
        {
            // That two names are of one file no observation tells: two equal files would have become one.
            Refuse($"it renamed a file to another name of the same file (hard links), where rename(2) does nothing: {Shown(path)}");
        }

        switch (access.Kind)
        {
            case AccessKind.Read:
            case AccessKind.LinkFrom when access.Type != FileType.Symlink:
                Observe(access.Path, access.Before, content: true);
                break;
            case AccessKind.Probe or AccessKind.LinkFrom when access.Type == FileType.Symlink:
                // Asked for without following it. A stat that follows it is no news to the tracer any more, so it is taken for granted.
                Named(path)?.NoteLink();
                Observe(access.Path, FileLook.StampOf(path), content: false);
                break;
            case AccessKind.Probe:
                Observe(access.Path, access.Before, content: false);
                break;
            case AccessKind.Absent:
                NoteMissed(execution, access);
                Observe(access.Path, default, content: false);
                break;
            case AccessKind.Listing:
                List(access);
                break;
            case AccessKind.Write or AccessKind.ReadWrite or AccessKind.Attributes:
                PathRecord? changed = access.Before.Type == FileType.Symlink ? Named(path) : Followed(access.Path);
                if (access.Kind == AccessKind.Attributes)
                {
                    _setsAttributes = true;
                    changed?.SetsAttributes = true;
                }

                Change(changed, access);
                break;
            case AccessKind.Create:
                // Through a dangling link it is the link's target that is made.
                Change(Followed(access.Path), access);
                break;
            default:
                ChangeName(execution, access);
                break;
        }
    }

    private void ChangeName(Execution execution, in Access access)
    {
        if (access.Kind != AccessKind.MakeDirectory && (LeadsOn(access.Type) || LeadsOn(access.Before.Type)))
        {
            _links.Forget();
            _followed.Clear();
        }

        PathRecord? record = Named(access.Path.Span);
        Change(record, access);
        if (record is null || access.Type != FileType.Directory)
        {
            return;
        }

        if (access.Kind == AccessKind.RenameFrom)
        {
            // All that was in it is gone from there.
            foreach (PathRecord below in _records.Values.Where(known => IsBelow(known.Path.Span, record.Path.Span)))
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
            record.CameWhole = Named(access.Counterpart.Span) is { } source && (source.NamesBefore is not null || source.CameWhole);
            Adopt(record.Path, record.CameWhole);
        }
    }

    private static bool LeadsOn(FileType type) => type is FileType.Symlink or FileType.Directory;

    private void Executed(ByteString path)
    {
        if (!path.IsEmpty && path.Span[0] == (byte)'/' && !LinkResolver.IsKernels(path.Span))
        {
            Observe(path, FileLook.StampOf(path.Span), content: true);
        }
    }

    private void Observe(ByteString spelled, in FileStamp stamp, bool content)
    {
        Observe(Followed(spelled), stamp, content);
    }

    /// <summary>Where nothing had stood, the open would have made a file with the mode that new files have.</summary>
    private bool MakesUsual(in Access access) => access.Makes is uint mode && NewFiles.Mode(_step, mode) == NewFiles.Mode(_step);

    private void Change(PathRecord? record, in FileStamp before) => Change(record, new Access { Before = before, Truncates = true });

    private void Change(PathRecord? record, in Access access)
    {
        if (record is null || record.IsOwn)
        {
            NoteReader(record, access);
            return;
        }

        ChangeStream(record.Path);
        Settle(record, access.Before);
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
        record.Opening = access.Kind is AccessKind.Write or AccessKind.ReadWrite or AccessKind.Create && !access.IsExclusive
            ? (!access.Before.Exists ? OutputOpening.New : MakesUsual(access) ? OutputOpening.Old : OutputOpening.Standing)
            : OutputOpening.None;
        record.ModeBefore = access.Before.Mode;
        record.IsDeletedFirst = access.Kind == AccessKind.Delete;
        record.IsReplaceable = MayBeReplaced(record, access);
        NoteReader(record, access);
        record.UsesBefore |= record.IsRead || record.Names is not null || Keeps(access);
    }
}
