using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>Takes the symbolic links out of paths, and tells what each led through: links, and directories that
/// <c>..</c> leads out of.</summary>
/// <remarks>
/// Who went through these depends on them. Directories are remembered until <see cref="Forget"/>, so that most paths
/// cost one readlink. Thread-safe, and its lock is never held while it looks.
/// </remarks>
internal sealed class LinkResolver
{
    // As many as the kernel follows in one path (MAXSYMLINKS, path_resolution(7)).
    private const int MostLinks = 40;

    [ThreadStatic]
    private static byte[]? t_target;

    private readonly Lock _lock = new();
    private readonly Dictionary<ByteString, Place> _directories = new(PathBytes.Comparer);
    private readonly Dictionary<ByteString, SeenPath> _followed = new(PathBytes.Comparer);
    private int _version;

    /// <summary>Counts how often <see cref="Forget"/> was called.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Names changed so that a path may lead elsewhere now.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _version++;
            _directories.Clear();
            _followed.Clear();
        }
    }

    /// <summary>Where an absolute path leads, a link at its end followed.</summary>
    public SeenPath Follow(ReadOnlySpan<byte> path)
    {
        int version = Version;
        lock (_lock)
        {
            if (_followed.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(path, out SeenPath? known))
            {
                return known;
            }
        }

        SeenPath seen = Resolve(path, version, FinalLink.Follow);
        lock (_lock)
        {
            if (version != _version)
            {
                return seen;
            }

            // Another one may have been faster.
            ref SeenPath? first = ref CollectionsMarshal.GetValueRefOrAddDefault(_followed,
                new ByteString(path), out _);
            return first ??= seen;
        }
    }

    /// <summary>The name itself, be it a link.</summary>
    public SeenPath Name(ReadOnlySpan<byte> path) => Resolve(path, Version, FinalLink.Keep);

    /// <summary>Whether the kernel makes it up: nothing there lasts. Files in /dev/shm are files like others.</summary>
    public static bool IsKernels(ReadOnlySpan<byte> path) =>
        PathNesting.IsAtOrBelow(path, "/proc"u8) || PathNesting.IsAtOrBelow(path, "/sys"u8)
            || (PathNesting.IsAtOrBelow(path, "/dev"u8) && !PathNesting.IsAtOrBelow(path, "/dev/shm"u8));

    private SeenPath Resolve(ReadOnlySpan<byte> path, int version, FinalLink follow)
    {
        int slash = path.LastIndexOf((byte)'/');
        if (path.Length <= 1 || slash < 0)
        {
            return new SeenPath { Path = new ByteString(path) };
        }

        // A shebang may have it, or a command's name; the tracer's own paths are in order.
        bool isInOrder = follow == FinalLink.Keep
            || (path.IndexOf("/./"u8) < 0 && path.IndexOf("/../"u8) < 0 && path.IndexOf("//"u8) < 0
            && path[(slash + 1)..] is not [] and not [(byte)'.'] and not [(byte)'.', (byte)'.']);
        Place place = isInOrder
            ? Step(Directory(path[..slash], version), path[(slash + 1)..], follow)
            : Follow(Place.Root, new ByteString(path));
        return new SeenPath
        {
            Path = place.IsNowhere ? default : place.Path.IsEmpty ? new ByteString("/"u8) : place.Path,
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
            // The first one stays: what it led through is told once.
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
        nint length = libc.readlinkat(fcntl.AT_FDCWD, in MemoryMarshal.GetReference(candidate.AsSpan()), ref target[0],
            target.Length);
        if (length <= 0)
        {
            // EINVAL: it is there, and no link.
            int error = Marshal.GetLastPInvokeError();
            return place with { Error = error == errno.EINVAL ? 0 : error };
        }

        var link = new SeenLink(place.Path, new ByteString(target.AsSpan(0, (int)length)));
        Place start = target[0] == (byte)'/' ? Place.Root with { Passed = place.Passed } : directory;
        SeenLink[] links = [.. place.Links, link];
        return place.Followed == MostLinks
            ? place with { Links = links, IsNowhere = true }
            : Follow(start with { Links = links, Followed = place.Followed + 1 }, link.Target);
    }

    /// <param name="directory">Known to be one.</param>
    /// <param name="way">From there, or absolute.</param>
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

    /// <summary>Where a path has come.</summary>
    private readonly record struct Place
    {
        public static Place Root { get; } = new() { Links = [], Passed = [] };

        /// <summary>Without links; empty for the root directory, so that names can be put behind a slash
        /// everywhere.</summary>
        public ByteString Path { get; init; }

        /// <summary>What the last look said.</summary>
        public int Error { get; init; }

        /// <summary>How many links were followed on the way.</summary>
        public int Followed { get; init; }

        /// <summary>Those on the way.</summary>
        public required SeenLink[] Links { get; init; }

        public required SeenPlace[] Passed { get; init; }

        /// <summary>There is no way on, and no path to name.</summary>
        public bool IsNowhere { get; init; }
    }
}
