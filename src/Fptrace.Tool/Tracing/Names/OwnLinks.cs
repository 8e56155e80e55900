using Fptrace.Linux.FileSystem;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Names;

/// <summary>Finds links that lead into /proc, as <c>here -> /proc/self/cwd</c> does: behind one of these each process finds files of its own. Thread-safe.</summary>
/// <remarks>
/// The kernel cannot be asked: behind such a link it would show us ours. So directories are walked link by link and remembered, and a name costs one look.
/// Whoever makes a link, or moves one, calls <see cref="Forget"/>.
/// </remarks>
internal sealed class OwnLinks
{
    // As many as the kernel follows in one path (MAXSYMLINKS, path_resolution(7)).
    public const int MostLinks = 40;

    private const int LongestPath = 4096;
    private readonly Lock _lock = new();

    // To the same without links; to where the first link leads that leads into /proc, with what follows it; empty for nowhere.
    private readonly Dictionary<ByteString, ByteString> _directories = new(PathComparer.Instance);
    private readonly HashSet<ByteString> _ends = new(PathComparer.Instance);
    private int _version;

    /// <summary>Links were made or moved, or directories.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _version++;
            _directories.Clear();
        }
    }

    /// <summary>Where the directories of a path lead, with what follows.</summary>
    /// <param name="path">Absolute, without <c>..</c>.</param>
    /// <param name="link">The first directory on the way that is in /proc.</param>
    /// <returns>A path in /proc, or /dev/fd and its like; empty when the way does not lead there.</returns>
    public ByteString OfDirectory(ReadOnlySpan<byte> path, out ByteString link)
    {
        link = default;
        int slash = path.LastIndexOf((byte)'/');
        if (slash <= 0)
        {
            return default;
        }

        ReadOnlySpan<byte> place = Directory(path[..slash]).Span;
        if (!IsOwn(place))
        {
            return default;
        }

        int end = slash;
        while (path[..end].LastIndexOf((byte)'/') is > 0 and int above && IsOwn(Directory(path[..above]).Span))
        {
            end = above;
        }

        link = new ByteString(path[..end]);
        return new ByteString([.. place, .. path[slash..]]);
    }

    /// <summary>Where a link at the end of a path leads, whose directories do not lead into /proc.</summary>
    /// <returns>As above.</returns>
    public ByteString OfEnd(ReadOnlySpan<byte> path)
    {
        int slash = path.LastIndexOf((byte)'/');
        if (slash < 0 || slash == path.Length - 1)
        {
            return default;
        }

        int links = 0;
        ByteString place = Step(Directory(path[..slash]), path[(slash + 1)..], ref links);
        if (!IsOwn(place.Span))
        {
            return default;
        }

        lock (_lock)
        {
            _ends.Add(new ByteString(path));
            return place;
        }
    }

    /// <summary>Whether a path has been seen to end in such a link.</summary>
    public bool IsEnd(ReadOnlySpan<byte> path)
    {
        lock (_lock)
        {
            return _ends.Count > 0 && _ends.GetAlternateLookup<ReadOnlySpan<byte>>().Contains(path);
        }
    }

    /// <summary>Whether each process has files of its own there.</summary>
    public static bool IsOwn(ReadOnlySpan<byte> path) =>
        path.StartsWith("/proc/"u8)
        || (path.StartsWith("/dev/"u8) && (path.StartsWith("/dev/fd"u8) || path.StartsWith("/dev/std"u8)));

    private ByteString Directory(ReadOnlySpan<byte> path)
    {
        // The root directory is empty here, so that names can be put behind a slash everywhere.
        if (path.IsEmpty)
        {
            return default;
        }

        int version;
        lock (_lock)
        {
            version = _version;
            if (_directories.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(path, out ByteString known))
            {
                return known;
            }
        }

        int links = 0;
        int slash = path.LastIndexOf((byte)'/');
        ByteString place = Step(Directory(path[..slash]), path[(slash + 1)..], ref links);
        lock (_lock)
        {
            // What has changed meanwhile is looked up anew.
            if (version == _version)
            {
                _directories[new ByteString(path)] = place;
            }
        }

        return place;
    }

    /// <param name="directory">Without links.</param>
    /// <param name="name">In there.</param>
    /// <param name="links">That were followed for this path.</param>
    private static ByteString Step(ByteString directory, ReadOnlySpan<byte> name, ref int links)
    {
        var place = new ByteString([.. directory.Span, (byte)'/', .. name]);
        if (IsOwn(place.Span) || ++links > MostLinks)
        {
            return place;
        }

        Span<byte> target = stackalloc byte[LongestPath];
        int length = Files.LinkAt([.. place.Span, 0], target);
        return length <= 0 ? place : Follow(target[0] == '/' ? default : directory, target[..length], ref links);
    }

    private static ByteString Follow(ByteString directory, ReadOnlySpan<byte> way, ref int links)
    {
        while (!way.IsEmpty)
        {
            int slash = way.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = slash < 0 ? way : way[..slash];
            ReadOnlySpan<byte> rest = slash < 0 ? [] : way[(slash + 1)..];
            if (name.SequenceEqual(".."u8))
            {
                directory = new ByteString(directory.Span[..Math.Max(directory.Span.LastIndexOf((byte)'/'), 0)]);
            }
            else if (!name.IsEmpty && !name.SequenceEqual("."u8))
            {
                directory = Step(directory, name, ref links);
                if (IsOwn(directory.Span))
                {
                    // What ".." means there is not for us to know.
                    return rest.IsEmpty ? directory : new ByteString([.. directory.Span, (byte)'/', .. rest]);
                }
            }

            way = rest;
        }

        return directory;
    }
}
