using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests.Recording;

/// <summary>
/// Looks at what a manifest needs while a tracee stands still: where paths lead and what exists there.
/// </summary>
/// <remarks>
/// Every thread that handles calls uses it. It decides nothing: the recorder does, when it receives the access.
/// </remarks>
/// <param name="changing">Called by <see cref="Changing"/>. If isName is set, a final link was kept.</param>
internal sealed class StandingWitness(StandingWitness.Change changing) : IWitness
{
    private readonly LinkResolver _links = new();
    private readonly Lock _lock = new();
    private readonly HashSet<ByteString> _listed = new(PathBytes.Comparer);

    public delegate void Change(SeenPath seen, bool isName, in FileStamp before, AccessKind kind, bool truncates);

    public int Version => _links.Version;

    public void Moved() => _links.Forget();

    /// <summary>
    /// Notes that the recorder has the names in a directory, so that later listings need not read them.
    /// </summary>
    public void Listed(ByteString directory)
    {
        lock (_lock)
        {
            _listed.Add(directory);
        }
    }

    public AccessFacts? See(ByteString path) =>
        IsLasting(path) ? See(path, FileLook.StampOf(path.Span)) : null;

    public AccessFacts? See(ByteString path, in FileStamp stamp) =>
        IsLasting(path) ? new AccessFacts { Followed = _links.Follow(path.Span), Stamp = stamp } : null;

    private static bool IsLasting(ByteString path) =>
        !path.IsEmpty && path.Span[0] == (byte)'/' && !LinkResolver.IsKernels(path.Span);

    public AccessFacts? See(in Access access)
    {
        ReadOnlySpan<byte> path = access.Path.Span;
        if (path.IsEmpty || LinkResolver.IsKernels(path))
        {
            return null;
        }

        switch (access.Kind)
        {
            case AccessKind.Probe or AccessKind.LinkFrom when access.Type == FileType.Symlink:
                // The call did not follow the link. The tracer drops a later stat that does, since it has recorded the
                // path already. So the target counts here, too.
                return new AccessFacts
                {
                    Followed = _links.Follow(path, access.Path),
                    Named = _links.Name(path),
                    Counterpart = Counterpart(access),
                    Stamp = FileLook.StampOf(path),
                };
            case AccessKind.Read or AccessKind.LinkFrom or AccessKind.Probe or AccessKind.Absent:
                return new AccessFacts
                {
                    Followed = _links.Follow(path, access.Path),
                    Named = IsNameAsked(access) ? _links.Name(path) : null,
                    Counterpart = access.Kind == AccessKind.Probe ? Counterpart(access) : null,
                };
            case AccessKind.Listing:
                return Listing(path);
            case AccessKind.Write or AccessKind.ReadWrite
                or AccessKind.Attributes when access.Before.Type == FileType.Symlink:
                return Named(access);
            case AccessKind.Write or AccessKind.ReadWrite or AccessKind.Attributes or AccessKind.Create:
                // An open through a dangling link makes the target of the link.
                SeenPath changed = _links.Follow(path);
                return new AccessFacts { Followed = changed, Stamp = StampOf(changed) };
            default:
                return Named(access);
        }
    }

    public void Changing(ReadOnlySpan<byte> path, in FileStamp before, AccessKind kind, bool truncates)
    {
        if (path.IsEmpty || path[0] != (byte)'/' || LinkResolver.IsKernels(path))
        {
            return;
        }

        bool isName = kind is AccessKind.RenameFrom or AccessKind.RenameTo or AccessKind.Delete
            || before.Type == FileType.Symlink;
        changing(isName ? _links.Name(path) : _links.Follow(path), isName, before, kind, truncates);
    }

    private static bool IsNameAsked(in Access access) =>
        access.Kind == AccessKind.Absent
            ? access.AsksForName
            : access.Kind == AccessKind.Probe && !access.Counterpart.IsEmpty;

    private AccessFacts Named(in Access access)
    {
        SeenPath name = _links.Name(access.Path.Span);
        bool isTree = access is { Kind: AccessKind.RenameTo, Type: FileType.Directory };
        return new AccessFacts
        {
            Named = name,
            Counterpart = isTree ? Counterpart(access) : null,
            Stamp = StampOf(name),
            Below = isTree && !name.Path.IsEmpty ? Below(name.Path) : [],
        };
    }

    private AccessFacts Listing(ReadOnlySpan<byte> path)
    {
        SeenPath directory = _links.Follow(path);
        lock (_lock)
        {
            if (_listed.Contains(directory.Path))
            {
                return new AccessFacts { Followed = directory };
            }
        }

        // The names are read now: later they include the step's own files, or those of others.
        List<ByteString>? names = directory.Path.IsEmpty
            ? null
            : DirectoryNames.TryRead(fcntl.AT_FDCWD, [.. directory.Path.Span, 0]);
        return new AccessFacts { Followed = directory, Names = names, IsUnreadable = names is null };
    }

    private SeenPath? Counterpart(in Access access) =>
        access.Counterpart.IsEmpty ? null : _links.Name(access.Counterpart.Span);

    private static FileStamp StampOf(SeenPath seen) => seen.Path.IsEmpty ? default : FileLook.StampOf(seen.Path.Span);

    /// <summary>Everything below a directory that a rename brought, each directory before its content.</summary>
    private static List<SeenEntry> Below(ByteString directory)
    {
        var entries = new List<SeenEntry>();
        Add(directory);
        return entries;

        void Add(ByteString above)
        {
            foreach (ByteString name in DirectoryNames.TryRead(fcntl.AT_FDCWD, [.. above.Span, 0]) ?? [])
            {
                var path = new ByteString([.. above.Span, (byte)'/', .. ListedName.Bare(name.Span)]);
                FileType type = ListedName.Type(name.Span);
                entries.Add(new SeenEntry(path, type, FileLook.StampOf(path.Span)));
                if (type == FileType.Directory)
                {
                    Add(path);
                }
            }
        }
    }
}
