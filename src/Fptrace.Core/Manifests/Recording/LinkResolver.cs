using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>
/// Resolves the symbolic links in paths, and tells through which links and directories each path led.
/// </summary>
/// <remarks>
/// A step depends on the links that its paths lead through, and on the directories that <c>..</c> leaves. The resolver
/// caches directories until <see cref="Forget"/>, so that most paths cost one readlink(2). It is thread-safe, and holds
/// no lock while it asks the file system.
/// </remarks>
internal sealed class LinkResolver
{
    // The kernel follows at most 40 links in one path (MAXSYMLINKS, path_resolution(7)).
    private const int MostLinks = 40;

    [ThreadStatic]
    private static byte[]? t_target;

    private readonly Lock _lock = new();
    private readonly Dictionary<ByteString, Place> _directories = new(PathBytes.Comparer);
    private readonly Dictionary<ByteString, SeenPath> _followed = new(PathBytes.Comparer);
    private int _version;

    /// <summary>The number of calls of <see cref="Forget"/>.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Forgets all results, because a name changed after which paths may lead elsewhere.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _version++;
            _directories.Clear();
            _followed.Clear();
        }
    }

    /// <summary>Where an absolute path leads if a final link is followed.</summary>
    /// <param name="path">The path.</param>
    /// <param name="kept">The path, if somebody keeps it anyway, so that there is one copy of it in memory.</param>
    public SeenPath Follow(ReadOnlySpan<byte> path, ByteString kept = default)
    {
        int version = Version;
        lock (_lock)
        {
            if (_followed.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(path, out SeenPath? known))
            {
                return known;
            }
        }

        SeenPath seen = Resolve(path, version, FinalLink.Follow, kept);
        lock (_lock)
        {
            if (version != _version)
            {
                return seen;
            }

            // If another thread was faster, its object stays: the recorder compares the objects by reference.
            ByteString key = seen.Path.Span.SequenceEqual(path) ? seen.Path : new ByteString(path);
            ref SeenPath? first = ref CollectionsMarshal.GetValueRefOrAddDefault(_followed, key, out _);
            return first ??= seen;
        }
    }

    /// <summary>Where an absolute path leads if a final link is kept.</summary>
    public SeenPath Name(ReadOnlySpan<byte> path) => Resolve(path, Version, FinalLink.Keep);

    /// <summary>Whether the path is in a file system of the kernel, where no file lasts. /dev/shm is not one.</summary>
    public static bool IsKernels(ReadOnlySpan<byte> path) =>
        PathNesting.IsAtOrBelow(path, "/proc"u8) || PathNesting.IsAtOrBelow(path, "/sys"u8)
            || (PathNesting.IsAtOrBelow(path, "/dev"u8) && !PathNesting.IsAtOrBelow(path, "/dev/shm"u8));

    private SeenPath Resolve(ReadOnlySpan<byte> path, int version, FinalLink follow, ByteString kept = default)
    {
        int slash = path.LastIndexOf((byte)'/');
        if (path.Length <= 1 || slash < 0)
        {
            return new SeenPath { Path = new ByteString(path) };
        }

        // The tracer's own paths have no empty, "." or ".." components. A shebang or a command's name may have them.
        bool isInOrder = follow == FinalLink.Keep
            || (path.IndexOf("/./"u8) < 0 && path.IndexOf("/../"u8) < 0 && path.IndexOf("//"u8) < 0
            && path[(slash + 1)..] is not [] and not [(byte)'.'] and not [(byte)'.', (byte)'.']);
        Place place = isInOrder
            ? Step(Directory(path[..slash], version), path[(slash + 1)..], follow)
            : Follow(Place.Root, new ByteString(path));
        return new SeenPath
        {
            Path = place.IsNowhere ? default
                : place.Path.IsEmpty ? new ByteString("/"u8)
                : place.Path == kept ? kept
                : place.Path,
            Error = place.Error,
            Links = place.Links,
            Passed = place.Passed,
        };
    }

    private Place Directory(ReadOnlySpan<byte> path, int version)
    {
        if (path.IsEmpty)
        {
            return Place.Root;
        }

        lock (_lock)
        {
            if (_directories.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(path, out Place known))
            {
                return known;
            }
        }

        int slash = path.LastIndexOf((byte)'/');
        Place real = Step(Directory(path[..slash], version), path[(slash + 1)..], FinalLink.Follow);
        lock (_lock)
        {
            // The first result stays: the recorder takes each link once, and compares them by reference.
            return version != _version || _directories.TryAdd(new ByteString(path), real)
                ? real
                : _directories[new ByteString(path)];
        }
    }

    private static Place Step(in Place directory, ReadOnlySpan<byte> name, FinalLink follow)
    {
        if (directory.IsNowhere)
        {
            return directory;
        }

        byte[] candidate = [.. directory.Path.Span, (byte)'/', .. name, 0];
        Place place = directory with { Path = new ByteString(candidate.AsSpan(0, candidate.Length - 1)), Error = 0 };
        if (follow == FinalLink.Keep || IsKernels(place.Path.Span))
        {
            return place;
        }

        byte[] target = t_target ??= new byte[StoredPath.LongestPath];
        int length = FilesAt.ReadLink(fcntl.AT_FDCWD, candidate, target);
        if (length <= 0)
        {
            // EINVAL: the path exists and is no link (readlink(2)).
            return place with { Error = length == -errno.EINVAL ? 0 : -length };
        }

        var link = new SeenLink(place.Path, new ByteString(target.AsSpan(0, length)));
        Place start = target[0] == (byte)'/' ? Place.Root with { Passed = place.Passed } : directory;
        SeenLink[] links = [.. place.Links, link];
        return place.Followed == MostLinks
            ? place with { Links = links, IsNowhere = true }
            : Follow(start with { Links = links, Followed = place.Followed + 1 }, link.Target);
    }

    /// <param name="directory">A place that is known to be a directory.</param>
    /// <param name="way">The path from there, or an absolute one.</param>
    private static Place Follow(Place directory, ByteString way)
    {
        bool isKnown = true;
        ReadOnlySpan<byte> rest = way.Span;
        while (!rest.IsEmpty && !directory.IsNowhere)
        {
            int slash = rest.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = slash < 0 ? rest : rest[..slash];
            rest = slash < 0 ? [] : rest[(slash + 1)..];
            if (name.IsEmpty || name is [(byte)'.'])
            {
                continue;
            }

            if (name is not [(byte)'.', (byte)'.'])
            {
                directory = Step(directory, name, FinalLink.Follow);
                directory = directory.Path.Length == 1 ? directory with { Path = default } : directory;
                isKnown = false;
            }
            else if (!directory.Path.IsEmpty)
            {
                if (!isKnown)
                {
                    FileLook look = FileLook.At(fcntl.AT_FDCWD, [.. directory.Path.Span, 0], FinalLink.Keep);
                    var passed = new SeenPlace(directory.Path, look.Exists ? look.Stamp : default);
                    bool isNowhere = look.Type != FileType.Directory;
                    directory = directory with { Passed = [.. directory.Passed, passed], IsNowhere = isNowhere };
                    isKnown = true;
                }

                directory =
                    directory with
                    {
                        Path = new ByteString(directory.Path.Span[..directory.Path.Span.LastIndexOf((byte)'/')]),
                        Error = 0,
                    };
            }
        }

        return directory;
    }

    /// <summary>How far a path has been resolved.</summary>
    private readonly record struct Place
    {
        public static Place Root { get; } = new() { Links = [], Passed = [] };

        /// <summary>
        /// The path, without links. Empty for the root directory, so that "/" and a name can always follow.
        /// </summary>
        public ByteString Path { get; init; }

        /// <summary>The errno value of the last lookup.</summary>
        public int Error { get; init; }

        /// <summary>The number of links followed so far.</summary>
        public int Followed { get; init; }

        /// <summary>The links on the way.</summary>
        public required SeenLink[] Links { get; init; }

        public required SeenPlace[] Passed { get; init; }

        /// <summary>Whether the path leads nowhere, so that there is no path to name.</summary>
        public bool IsNowhere { get; init; }
    }
}
