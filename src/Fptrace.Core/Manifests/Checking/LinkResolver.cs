using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Checking;

/// <summary>Takes the symbolic links out of paths, and remembers what it met: each link, and each directory that <c>..</c> leads out of.</summary>
/// <remarks>
/// Who went through these depends on them. Directories are remembered until <see cref="Forget"/>, so that most paths cost one readlink.
/// </remarks>
internal sealed class LinkResolver
{
    // As many as the kernel follows in one path (MAXSYMLINKS, path_resolution(7)).
    private const int MostLinks = 40;

    private readonly Dictionary<ByteString, Place> _directories = new(PathBytes.Comparer);
    private readonly byte[] _target = new byte[StoredPath.LongestPath];

    /// <summary>Every link that was met, by its own path without links, with its target as written.</summary>
    public Dictionary<ByteString, ByteString> Links { get; } = [];

    /// <summary>Called with each link when it is met for the first time.</summary>
    public Action<ByteString>? Met { get; init; }

    /// <summary>Paths without links whose kind decided the way: directories before <c>..</c>, and what stands, or is missing, where one should be.</summary>
    public List<ByteString> Passed { get; } = [];

    /// <summary>What the last look said of the path that was resolved last: an errno value; 0 where something stands or nobody looked.</summary>
    public int Error { get; private set; }

    /// <summary>Names changed so that a path may lead elsewhere now.</summary>
    public void Forget() => _directories.Clear();

    /// <param name="path">Absolute.</param>
    /// <param name="follow">Whether a link at the end is followed, too.</param>
    /// <returns>Empty when it leads nowhere, whatever stands there: into a loop of links, or by <c>..</c> out of what is no directory.</returns>
    public ByteString Resolve(ReadOnlySpan<byte> path, bool follow)
    {
        Error = 0;
        int slash = path.LastIndexOf((byte)'/');
        if (path.Length <= 1 || slash < 0)
        {
            return new ByteString(path);
        }

        // A shebang may have it, or a command's name; the tracer's own paths are in order.
        bool isInOrder = !follow || (path.IndexOf("/./"u8) < 0 && path.IndexOf("/../"u8) < 0 && path.IndexOf("//"u8) < 0
            && path[(slash + 1)..] is not [] and not [(byte)'.'] and not [(byte)'.', (byte)'.']);
        Place place = isInOrder ? Step(Directory(path[..slash]), path[(slash + 1)..], follow) : Follow(default, new ByteString(path));
        return place.IsNowhere ? default : place.Path.IsEmpty ? new ByteString("/"u8) : place.Path;
    }

    /// <summary>Whether the kernel makes it up: nothing there lasts. Files in /dev/shm are files like others.</summary>
    public static bool IsKernels(ReadOnlySpan<byte> path) =>
        IsAtOrBelow(path, "/proc"u8) || IsAtOrBelow(path, "/sys"u8) || (IsAtOrBelow(path, "/dev"u8) && !IsAtOrBelow(path, "/dev/shm"u8));

    private static bool IsAtOrBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory) =>
        path.StartsWith(directory) && (path.Length == directory.Length || path[directory.Length] == (byte)'/');

    private Place Directory(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
        {
            return default;
        }

        if (_directories.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(path, out Place known))
        {
            return known;
        }

        int slash = path.LastIndexOf((byte)'/');
        Place real = Step(Directory(path[..slash]), path[(slash + 1)..], follow: true);
        _directories[new ByteString(path)] = real;
        return real;
    }

    private Place Step(Place directory, ReadOnlySpan<byte> name, bool follow)
    {
        if (directory.IsNowhere)
        {
            return directory;
        }

        byte[] candidate = [.. directory.Path.Span, (byte)'/', .. name, 0];
        Place place = directory with { Path = new ByteString(candidate.AsSpan(0, candidate.Length - 1)) };
        if (!follow || IsKernels(place.Path.Span))
        {
            return place;
        }

        nint length = libc.readlinkat(fcntl.AT_FDCWD, in MemoryMarshal.GetReference(candidate.AsSpan()), ref _target[0], _target.Length);
        if (length <= 0)
        {
            // EINVAL: it is there, and no link.
            int error = Marshal.GetLastPInvokeError();
            Error = error == errno.EINVAL ? 0 : error;
            return place;
        }

        var target = new ByteString(_target.AsSpan(0, (int)length));
        if (Links.TryAdd(place.Path, target))
        {
            Met?.Invoke(place.Path);
        }

        Links[place.Path] = target;
        Error = 0;
        return place.Links == MostLinks
            ? place with { IsNowhere = true }
            : Follow((target.Span[0] == (byte)'/' ? default : directory) with { Links = place.Links + 1 }, target);
    }

    /// <param name="directory">Known to be one.</param>
    /// <param name="way">From there, or absolute.</param>
    private Place Follow(Place directory, ByteString way)
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
                directory = Step(directory, name, follow: true);
                directory = directory.Path.Length == 1 ? directory with { Path = default } : directory;
                isKnown = false;
            }
            else if (!directory.Path.IsEmpty)
            {
                if (!isKnown)
                {
                    Passed.Add(directory.Path);
                    directory.IsNowhere = FileLook.At(fcntl.AT_FDCWD, [.. directory.Path.Span, 0], follow: false).Type != FileType.Directory;
                    isKnown = true;
                }

                Error = 0;
                directory.Path = new ByteString(directory.Path.Span[..directory.Path.Span.LastIndexOf((byte)'/')]);
            }
        }

        return directory;
    }

    /// <summary>Where a path has come.</summary>
    private struct Place
    {
        /// <summary>Without links; empty for the root directory, so that names can be put behind a slash everywhere.</summary>
        public ByteString Path;

        /// <summary>That were followed on the way.</summary>
        public int Links;

        /// <summary>There is no way on, and no path to name.</summary>
        public bool IsNowhere;
    }
}
