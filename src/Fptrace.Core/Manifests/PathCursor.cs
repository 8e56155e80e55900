using System.Runtime.InteropServices;
using Fptrace.Manifests.Interop;
using Fptrace.Model;

namespace Fptrace.Manifests;

/// <summary>Leads to one stored path after another; what stands in the same directory is reached from its descriptor.</summary>
/// <remarks>For sorted paths: a lookup then costs the kernel one component in place of all. One for each thread; it owns its descriptors.</remarks>
internal sealed class PathCursor : IDisposable
{
    private readonly byte[] _path = new byte[2 * StoredPath.LongestPath];
    private readonly byte[] _directory = new byte[2 * StoredPath.LongestPath];
    private readonly ByteString _root;

    // -1: none is remembered. With one and no descriptor: it cannot be opened.
    private int _directoryLength = -1;
    private int _descriptor = -1;

    public PathCursor(ByteString root) => _root = root;

    /// <summary>What the last path is relative to.</summary>
    public int At { get; private set; } = libc.AT_FDCWD;

    /// <summary>Goes to a path.</summary>
    /// <param name="path">In stored form.</param>
    /// <param name="next">The path after it, which decides whether its directory is worth a descriptor; may be empty.</param>
    /// <returns>The path to look up from <see cref="At"/>, with a NUL behind; valid until the next call.</returns>
    public ReadOnlySpan<byte> Go(ReadOnlySpan<byte> path, ReadOnlySpan<byte> next = default)
    {
        int slash = path.LastIndexOf((byte)'/');
        ReadOnlySpan<byte> directory = slash < 0 ? [] : path[..slash];
        bool isKnown = _directoryLength >= 0 && directory.SequenceEqual(_directory.AsSpan(0, _directoryLength));
        if (_descriptor >= 0 && isKnown)
        {
            At = _descriptor;
            return Terminated(path[(slash + 1)..]);
        }

        bool isShared = slash > 0 && !isKnown && next.LastIndexOf((byte)'/') == slash && next.StartsWith(path[..(slash + 1)]);
        if (isShared && Open(directory))
        {
            At = _descriptor;
            return Terminated(path[(slash + 1)..]);
        }

        At = libc.AT_FDCWD;
        return Whole(path);
    }

    public void Dispose() => Close();

    private bool Open(ReadOnlySpan<byte> directory)
    {
        Close();
        _descriptor = libc.openat(libc.AT_FDCWD, in MemoryMarshal.GetReference(Whole(directory)), libc.O_PATH | libc.O_CLOEXEC, 0);
        directory.CopyTo(_directory);
        _directoryLength = directory.Length;
        return _descriptor >= 0;
    }

    private void Close()
    {
        if (_descriptor >= 0)
        {
            _ = libc.close(_descriptor);
        }

        _descriptor = -1;
        At = libc.AT_FDCWD;
    }

    private Span<byte> Terminated(ReadOnlySpan<byte> name)
    {
        name.CopyTo(_path);
        _path[name.Length] = 0;
        return _path.AsSpan(0, name.Length + 1);
    }

    private ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> path)
    {
        if (path is [(byte)'/', ..])
        {
            return Terminated(path);
        }

        ReadOnlySpan<byte> root = _root.Span;
        root.CopyTo(_path);
        int length = root.Length;
        if (path is not [(byte)'.'])
        {
            _path[length++] = (byte)'/';
            path.CopyTo(_path.AsSpan(length));
            length += path.Length;
        }

        _path[length] = 0;
        return _path.AsSpan(0, length + 1);
    }
}
