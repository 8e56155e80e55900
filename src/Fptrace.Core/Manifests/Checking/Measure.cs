using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Checking;

/// <summary>What an observation would see now.</summary>
/// <remarks>The check, the recorder and the cache all use it. Each thread has its own.</remarks>
internal sealed class Measure(ByteString root, GlobSet ignore) : IDisposable
{
    private readonly PathCursor _cursor = new(root);
    private readonly byte[] _target = GC.AllocateUninitializedArray<byte>(StoredPath.LongestPath);

    /// <summary>Whether to read no content. Where times differ, the digest is then empty.</summary>
    public bool TimestampsOnly { get; init; }

    /// <summary>Whether to compute a digest even if the size already shows that a file differs.</summary>
    public bool AllDigests { get; init; }

    /// <summary>The observation as a lookup makes it now, with the same path and kind.</summary>
    /// <returns>The same instance if nothing differs, not even a stamp.</returns>
    /// <param name="known">The recorded observation. If its stamp is still valid, the content is not read.</param>
    /// <exception cref="LinkOnWayException">A directory on the way is a link now.</exception>
    /// <exception cref="IOException">The path cannot be examined any more.</exception>
    public Observation Now(Observation known)
    {
        ReadOnlySpan<byte> path = Go(known.Path);
        switch (known.Kind)
        {
            case ObservationKind.Link:
                ByteString? target = ReadLink(path);
                return target is { } same && same == known.Target
                    ? known
                    : known with
                    {
                        Target = target ?? default,
                        State = target is null ? Now(path, default, out _) : default,
                    };
            case ObservationKind.Absent:
                FileLook look = Look(path);
                int error = look.Error == errno.ENOENT ? 0 : look.Error;
                return look.Exists ? known with { State = StateOf(look, default) }
                    : !look.IsAbsent ? throw new IOException($"{known.Path} cannot be looked at (error {look.Error})")
                    : error == known.Error ? known
                    : known with { Error = error };
            case ObservationKind.Listing:
                return List(known, path);
            case ObservationKind.IndexTimes:
                return CompareIndex(known, path);
            default:
                FileState state = Now(path, known.State, out ByteString linkTarget);
                IReadOnlyList<ByteString>? names = NamesLike(known.Names, known.Path, state, path);
                return state == known.State && linkTarget == known.Target && ReferenceEquals(names, known.Names)
                    ? known
                    : known with { State = state, Target = linkTarget, Names = names };
        }
    }

    /// <summary>Whether a stored entry holds unchanged, including its stamp.</summary>
    /// <remarks>If not, <see cref="Now(Observation)"/> tells whether the difference matters.</remarks>
    public bool Holds<T>(StoredEntries<T> entries, int index)
    {
        StoredEntry entry = entries.Entry(index);
        if (!entry.IsPlain)
        {
            return false;
        }

        ReadOnlySpan<byte> path = _cursor.Go(entries.Path(entry));
        if (entry.Kind == ObservationKind.Link)
        {
            int length = FilesAt.ReadLink(_cursor.At, path, _target);
            return length > 0 && _target.AsSpan(0, length).SequenceEqual(entries.Rest(entry));
        }

        FileLook look = Look(path);
        return entry.Kind == ObservationKind.Absent ? look.Error == errno.ENOENT
            : look.Type == entry.Type
                && look.Mode == entry.Mode
                && (entry.Type != FileType.Regular || look.Size == entry.Size)
                && ((entry.Type == FileType.Directory && entry.Kind != ObservationKind.Listing)
                    || (!entry.Times.IsEmpty && look.Times == entry.Times));
    }

    /// <summary>What exists at an output's path now; the same instance if nothing differs.</summary>
    /// <exception cref="LinkOnWayException">A directory on the way is a link now.</exception>
    public StepOutput Now(StepOutput known)
    {
        ReadOnlySpan<byte> path = Go(known.Path);
        FileState state = Now(path, known.State, out ByteString target);
        string attributes = state.Exists ? ExtraAttributes.Now(known.Attributes, _cursor.At, path) : known.Attributes;
        IReadOnlyList<ByteString>? names = NamesLike(known.Names, known.Path, state, path);
        return state == known.State && target == known.Target && attributes == known.Attributes
            && ReferenceEquals(names, known.Names)
            ? known
            : known with { State = state, Target = target, Attributes = attributes, Names = names };
    }

    /// <summary>Whether anything exists at a path that this user can see.</summary>
    /// <exception cref="LinkOnWayException">A directory on the way is a link now.</exception>
    public bool Exists(ByteString path) => !Look(Go(path)).IsAbsent;

    /// <summary>Examines a path. If a link is on the way, the error is ELOOP.</summary>
    public FileLook LookAt(ByteString path) => Look(_cursor.Go(path.Span));

    /// <summary>The errno value of a lookup, or 0. If a link is on the way, it is ELOOP.</summary>
    public int Error(ByteString path) => Look(_cursor.Go(path.Span)).Error;

    /// <summary>What exists at a path now, with the digest of a file and the target of a link.</summary>
    /// <remarks>If a link is on the way, nothing exists there.</remarks>
    /// <param name="path">A path in its stored form.</param>
    /// <param name="known">If its stamp is still valid, the content is not read.</param>
    /// <param name="target">The target of a link.</param>
    public FileState StateAt(ByteString path, in FileState known, out ByteString target) =>
        Now(_cursor.Go(path.Span), known, out target);

    /// <summary>The names in a directory that count; null when it cannot be listed.</summary>
    public List<ByteString>? Names(ByteString path, IReadOnlyList<ByteString> own) =>
        Names(path, own, _cursor.Go(path.Span));

    public void Dispose() => _cursor.Dispose();

    /// <summary>
    /// The names in a directory if the recorded state has names; the same instance if they are equal.
    /// </summary>
    private IReadOnlyList<ByteString>? NamesLike(IReadOnlyList<ByteString>? known, ByteString path, in FileState state,
        ReadOnlySpan<byte> lookup)
    {
        if (known is null || state.Type != FileType.Directory)
        {
            return known;
        }

        List<ByteString> names = Names(path, [], lookup) ?? throw new IOException($"{path} cannot be listed");
        return names.SequenceEqual(known) ? known : names;
    }

    private ReadOnlySpan<byte> Go(ByteString path)
    {
        ReadOnlySpan<byte> name = _cursor.Go(path.Span);
        return _cursor.Error != errno.ELOOP
            ? name
            : throw new LinkOnWayException(new ByteString(path.Span[.._cursor.StoppedAt]));
    }

    private FileLook Look(ReadOnlySpan<byte> name) =>
        _cursor.Error == 0 ? FileLook.At(_cursor.At, name, FinalLink.Keep) : FileLook.Failed(_cursor.Error);

    private FileState Now(ReadOnlySpan<byte> path, in FileState known, out ByteString target)
    {
        target = default;
        FileLook look = Look(path);
        if (!look.Exists)
        {
            return default;
        }

        if (look.Type == FileType.Symlink)
        {
            target = ReadLink(path) ?? default;
        }

        if (look.Type != FileType.Regular)
        {
            return StateOf(look, default);
        }

        if (!known.Stamp.IsEmpty && look.Times == known.Stamp && look.Size == known.Size && look.Mode == known.Mode
            && known.Type == FileType.Regular)
        {
            return known;
        }

        bool knows = known.Type == FileType.Regular && !known.Digest.IsEmpty;
        if ((TimestampsOnly && !known.Stamp.IsEmpty) || (knows && !AllDigests && look.Size != known.Size))
        {
            // The size already differs, or the caller wants only times compared.
            return StateOf(look, default);
        }

        return FileHash.TryRead(_cursor.At, path, out FileState state) ? state : StateOf(look, default);
    }

    private static FileState StateOf(in FileLook look, ContentDigest digest) => new(
        look.Type,
        look.Type == FileType.Symlink ? 0 : look.Mode,
        look.Type switch
        {
            FileType.Regular => look.Size,

            // A server that answers again has made a new socket, perhaps with the same inode. Its ctime shows that.
            FileType.Socket => look.Times.ChangedNs,
            _ => 0,
        },
        digest,
        default);

    private Observation List(Observation known, ReadOnlySpan<byte> path)
    {
        long now = FileLook.Now();
        FileLook look = Look(path);
        if (look.Type == FileType.Directory && !known.State.Stamp.IsEmpty && look.Times == known.State.Stamp)
        {
            return known;
        }

        bool skips = look.Type != FileType.Directory || (TimestampsOnly && !known.State.Stamp.IsEmpty);
        List<ByteString>? names = skips ? null : Names(known.Path, known.OwnNames, path);
        return known with { Names = names, State = ListingState(look, look.TimesAt(now)) };
    }

    private Observation CompareIndex(Observation known, ReadOnlySpan<byte> path)
    {
        long now = FileLook.Now();
        FileLook look = Look(path);
        if (look.Type == FileType.Regular && !known.State.Stamp.IsEmpty && look.Times == known.State.Stamp
            && look.Size == known.State.Size && look.Mode == known.State.Mode)
        {
            return known;
        }

        bool skips = look.Type != FileType.Regular || (TimestampsOnly && !known.State.Stamp.IsEmpty);
        FileState state = StateOf(look, skips
            ? default
            : IndexTimes.Digest(IndexTimes.Names(StoredPath.Expand(known.Path, root)), known.OwnNames));
        return known with { State = look.Type == FileType.Regular ? state with { Stamp = look.TimesAt(now) } : state };
    }

    private static FileState ListingState(in FileLook look, FileTimes times) =>
        look.Type == FileType.Directory
            ? new FileState(FileType.Directory, look.Mode, 0, default, times)
            : StateOf(look, default);

    private List<ByteString>? Names(ByteString path, IReadOnlyList<ByteString> own, ReadOnlySpan<byte> lookup)
    {
        List<ByteString>? names = DirectoryNames.TryRead(_cursor.At, lookup);
        if (names is null or [] || (own.Count == 0 && ignore.IsEmpty))
        {
            return names;
        }

        var ownNames = own.Count == 0 ? null : new HashSet<ByteString>(own);

        // A directory may have very many names, so each is matched in the same place.
        byte[] whole = [.. path.Span, (byte)'/', .. new byte[names.Max(name => name.Length)]];
        int start = path.Span is [(byte)'.'] ? 0 : path.Span is [(byte)'/'] ? 1 : path.Length + 1;
        names.RemoveAll(name =>
        {
            ReadOnlySpan<byte> bare = ListedName.Bare(name.Span);
            if (ownNames is not null && ownNames.Contains(new ByteString(bare)))
            {
                return true;
            }

            bare.CopyTo(whole.AsSpan(start));
            return ignore.Matches(whole.AsSpan(0, start + bare.Length));
        });
        return names;
    }

    private ByteString? ReadLink(ReadOnlySpan<byte> path)
    {
        int length = FilesAt.ReadLink(_cursor.At, path, _target);
        return length > 0 ? new ByteString(_target.AsSpan(0, length)) : null;
    }
}
