using System.Runtime.InteropServices;
using Fptrace.Manifests.Interop;
using Fptrace.Model;

namespace Fptrace.Manifests;

/// <summary>Takes the symbolic links out of paths, and remembers each link that it met: who went through it depends on it.</summary>
/// <remarks>Directories are remembered until <see cref="Forget"/>, so that most paths cost one readlink.</remarks>
internal sealed class LinkResolver
{
    // As many as the kernel follows (path_resolution(7)).
    private const int MostLinks = 40;

    private readonly Dictionary<ByteString, ByteString> _directories = new(PathBytes.Comparer);
    private readonly byte[] _target = new byte[StoredPath.LongestPath];

    /// <summary>Every link that was met, by its own path without links, with its target as written.</summary>
    public Dictionary<ByteString, ByteString> Links { get; } = [];

    /// <summary>Names changed so that a path may lead elsewhere now.</summary>
    public void Forget() => _directories.Clear();

    /// <param name="path">Absolute.</param>
    /// <param name="follow">Whether a link at the end is followed, too.</param>
    public ByteString Resolve(ReadOnlySpan<byte> path, bool follow)
    {
        int slash = path.LastIndexOf((byte)'/');
        if (path.Length <= 1 || slash < 0)
        {
            return new ByteString(path);
        }

        if (follow && (path.IndexOf("/./"u8) >= 0 || path.IndexOf("/../"u8) >= 0 || path.IndexOf("//"u8) >= 0))
        {
            // As a shebang may have it; the tracer's own paths are in order.
            return Follow(default, new ByteString(path), 0);
        }

        return Step(Directory(path[..slash], 0), path[(slash + 1)..], follow, 0);
    }

    /// <summary>Whether the kernel makes it up: nothing there lasts. Files in /dev/shm are files like others.</summary>
    public static bool IsKernels(ReadOnlySpan<byte> path) =>
        IsAtOrBelow(path, "/proc"u8) || IsAtOrBelow(path, "/sys"u8) || (IsAtOrBelow(path, "/dev"u8) && !IsAtOrBelow(path, "/dev/shm"u8));

    private static bool IsAtOrBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory) =>
        path.StartsWith(directory) && (path.Length == directory.Length || path[directory.Length] == (byte)'/');

    // Empty for the root directory, so that names can be put behind a slash everywhere.
    private ByteString Directory(ReadOnlySpan<byte> path, int depth)
    {
        if (path.IsEmpty)
        {
            return default;
        }

        if (_directories.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(path, out ByteString known))
        {
            return known;
        }

        int slash = path.LastIndexOf((byte)'/');
        ByteString real = Step(Directory(path[..slash], depth), path[(slash + 1)..], follow: true, depth);
        real = real.Length == 1 ? default : real;
        _directories[new ByteString(path)] = real;
        return real;
    }

    private ByteString Step(ByteString directory, ReadOnlySpan<byte> name, bool follow, int depth)
    {
        byte[] candidate = new byte[directory.Length + 1 + name.Length + 1];
        directory.Span.CopyTo(candidate);
        candidate[directory.Length] = (byte)'/';
        name.CopyTo(candidate.AsSpan(directory.Length + 1));
        var path = new ByteString(candidate.AsSpan(0, candidate.Length - 1));
        if (!follow || depth > MostLinks || IsKernels(path.Span))
        {
            return path;
        }

        nint length = libc.readlinkat(libc.AT_FDCWD, in MemoryMarshal.GetReference(candidate.AsSpan()), ref _target[0], _target.Length);
        if (length <= 0)
        {
            return path;
        }

        var target = new ByteString(_target.AsSpan(0, (int)length));
        Links[path] = target;
        return Follow(target.Span[0] == (byte)'/' ? default : directory, target, depth + 1);
    }

    private ByteString Follow(ByteString directory, ByteString target, int depth)
    {
        ReadOnlySpan<byte> rest = target.Span;
        while (!rest.IsEmpty)
        {
            int slash = rest.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = slash < 0 ? rest : rest[..slash];
            rest = slash < 0 ? [] : rest[(slash + 1)..];
            if (name.IsEmpty || name is [(byte)'.'])
            {
                continue;
            }

            if (name is [(byte)'.', (byte)'.'])
            {
                directory = directory.IsEmpty ? default : new ByteString(directory.Span[..directory.Span.LastIndexOf((byte)'/')]);
                continue;
            }

            directory = Step(directory, name, follow: true, depth);
            directory = directory.Length == 1 ? default : directory;
        }

        return directory.IsEmpty ? new ByteString("/"u8) : directory;
    }
}
