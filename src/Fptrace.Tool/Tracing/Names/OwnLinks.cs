using Fptrace.Linux.FileSystem;
using Fptrace.Model;

namespace Fptrace.Tracing.Names;

/// <summary>Finds links that lead into /proc, such as <c>here -> /proc/self/cwd</c>. Thread-safe.</summary>
/// <remarks>
/// Behind such a link each process finds files of its own, so asking the kernel would show us ours. Directories are
/// therefore walked link by link and remembered, and a name costs one lookup. A call that makes or moves a link, or
/// moves a directory, calls <see cref="Forget"/>.
/// </remarks>
internal sealed class OwnLinks
{
    // As many as the kernel follows in one path (MAXSYMLINKS, path_resolution(7)).
    public const int MostLinks = 40;

    private const int LongestPath = 4096;
    private readonly Lock _lock = new();

    // From the path of a directory to the same path without links, where empty means the root directory. If a link
    // leads into /proc, the value is the path there of the first such link, with what follows it.
    private readonly Dictionary<ByteString, ByteString> _directories = new(PathBytes.Comparer);
    private readonly HashSet<ByteString> _ends = new(PathBytes.Comparer);
    private int _version;

    /// <summary>Called when links were made or moved, or directories were moved.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _version++;
            _directories.Clear();
        }
    }

    /// <summary>Finds out whether the directories of a path lead into /proc, and where.</summary>
    /// <param name="path">Absolute, without <c>..</c>.</param>
    /// <param name="link">The first directory of the path that leads there.</param>
    /// <returns>The path in /proc, or /dev/fd and its like, with what follows; empty when they do not lead
    /// there.</returns>
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

    /// <summary>
    /// Finds out whether a link at the end of a path leads into /proc. The path's directories must not.
    /// </summary>
    /// <returns>The path in /proc, or /dev/fd and its like; empty when it does not lead there.</returns>
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

    /// <summary>Whether each process may find a file of its own at a path that ends in no link, because a directory
    /// leads to /proc or /dev.</summary>
    public bool MayHoldOwn(ReadOnlySpan<byte> path) =>
        DirectoryOf(path).Span is var directory
        && (directory.StartsWith("/proc"u8) || directory.StartsWith("/dev"u8));

    /// <summary>Whether <see cref="OfEnd"/> has found such a link at the end of this path.</summary>
    public bool IsEnd(ReadOnlySpan<byte> path)
    {
        lock (_lock)
        {
            return _ends.Count > 0 && _ends.GetAlternateLookup<ReadOnlySpan<byte>>().Contains(path);
        }
    }

    /// <summary>Whether each process finds files of its own at this path.</summary>
    public static bool IsOwn(ReadOnlySpan<byte> path) =>
        path.StartsWith("/proc/"u8)
        || (path.StartsWith("/dev/"u8) && (path.StartsWith("/dev/fd"u8) || path.StartsWith("/dev/std"u8)));

    /// <summary>The directory of a path, without links; empty for the root directory.</summary>
    public ByteString DirectoryOf(ReadOnlySpan<byte> path) =>
        Directory(path[..Math.Max(path.LastIndexOf((byte)'/'), 0)]);

    private ByteString Directory(ReadOnlySpan<byte> path)
    {
        // Empty stands for the root directory, so that a slash and a name can be added to every directory alike.
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

    /// <param name="directory">A path without links.</param>
    /// <param name="name">A name in the directory.</param>
    /// <param name="links">How many links were followed so far.</param>
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
                    // Only the tracee finds the directory that ".." means behind this link, so the rest is kept as it
                    // is.
                    return rest.IsEmpty ? directory : new ByteString([.. directory.Span, (byte)'/', .. rest]);
                }
            }

            way = rest;
        }

        return directory;
    }
}
