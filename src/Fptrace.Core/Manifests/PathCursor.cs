using System.Runtime.InteropServices;
using Fptrace.Manifests.Interop;
using Fptrace.Model;

namespace Fptrace.Manifests;

/// <summary>Leads to one stored path after another, through directories alone: a stored path has no symbolic links in it, so one on the way is news.</summary>
/// <remarks>
/// For sorted paths: the directories on the way stay open, each is opened once by its name in the one above, and a lookup costs the kernel one component.
/// One for each thread; it owns its descriptors.
/// </remarks>
internal sealed class PathCursor : IDisposable
{
    private readonly byte[] _name = new byte[2 * StoredPath.LongestPath];

    // The path on which the open directories are, without its root, and where in it each of them ends.
    private readonly byte[] _way = new byte[StoredPath.LongestPath];
    private readonly ByteString _root;
    private int[] _ends = new int[16];
    private int[] _descriptors = new int[16];

    // Descriptors that are open: the root or "/" first.
    private int _open;
    private bool _isAbsolute;

    public PathCursor(ByteString root) => _root = root;

    /// <summary>What the last path is relative to; valid while <see cref="Error"/> is 0.</summary>
    public int At { get; private set; } = libc.AT_FDCWD;

    /// <summary>Why the directory of the last path cannot be reached: 0, or an errno value; ELOOP where a symbolic link is on the way.</summary>
    public int Error { get; private set; }

    /// <summary>Length of the last path up to what stopped the way.</summary>
    public int StoppedAt { get; private set; }

    /// <param name="path">In stored form.</param>
    /// <returns>The name to look up from <see cref="At"/>, with a NUL behind; valid until the next call.</returns>
    public ReadOnlySpan<byte> Go(ReadOnlySpan<byte> path)
    {
        Error = 0;
        if (path is [(byte)'.'] or [(byte)'/'])
        {
            At = libc.AT_FDCWD;
            return Terminated(path[0] == (byte)'/' ? path : _root.Span);
        }

        bool isAbsolute = path[0] == (byte)'/';
        int slash = path.LastIndexOf((byte)'/');
        ReadOnlySpan<byte> directory = slash <= 0 ? [] : path[(isAbsolute ? 1 : 0)..slash];
        Back(isAbsolute, directory);
        Forth(isAbsolute, directory);
        At = Error == 0 ? _descriptors[_open - 1] : -1;
        return Terminated(path[(slash + 1)..]);
    }

    public void Dispose() => Close(0);

    /// <summary>Closes what is not on the way.</summary>
    private void Back(bool isAbsolute, ReadOnlySpan<byte> directory)
    {
        if (isAbsolute != _isAbsolute)
        {
            Close(0);
        }

        int open = _open;
        while (open > 1 && !IsAbove(_way.AsSpan(0, _ends[open - 1]), directory))
        {
            open--;
        }

        Close(open);
    }

    private void Forth(bool isAbsolute, ReadOnlySpan<byte> directory)
    {
        _isAbsolute = isAbsolute;
        if (_open == 0 && !Enter(libc.AT_FDCWD, Terminated(isAbsolute ? "/"u8 : _root.Span), 0, libc.O_PATH | libc.O_CLOEXEC))
        {
            StoppedAt = 0;
            return;
        }

        int from = _ends[_open - 1];
        while (from < directory.Length)
        {
            int start = from == 0 ? 0 : from + 1;
            int slash = directory[start..].IndexOf((byte)'/');
            int end = slash < 0 ? directory.Length : start + slash;
            int above = _descriptors[_open - 1];
            ReadOnlySpan<byte> name = Terminated(directory[start..end]);
            if (!Enter(above, name, end, libc.O_PATH | libc.O_DIRECTORY | libc.O_NOFOLLOW | libc.O_CLOEXEC))
            {
                // Of a link it says that it is no directory, too (open(2)).
                Error = Error is libc.ENOTDIR or libc.ELOOP && FileLook.At(above, name, follow: false).Type == FileType.Symlink ? libc.ELOOP : Error;
                StoppedAt = end + (isAbsolute ? 1 : 0);
                return;
            }

            directory[..end].CopyTo(_way);
            from = end;
        }
    }

    private bool Enter(int above, ReadOnlySpan<byte> name, int end, int flags)
    {
        int descriptor = libc.openat(above, in MemoryMarshal.GetReference(name), flags, 0);
        if (descriptor < 0)
        {
            Error = Marshal.GetLastPInvokeError();
            return false;
        }

        if (_open == _ends.Length)
        {
            Array.Resize(ref _ends, 2 * _open);
            Array.Resize(ref _descriptors, 2 * _open);
        }

        (_ends[_open], _descriptors[_open]) = (end, descriptor);
        _open++;
        return true;
    }

    private void Close(int keep)
    {
        while (_open > keep)
        {
            _ = libc.close(_descriptors[--_open]);
        }
    }

    private static bool IsAbove(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> path) =>
        path.StartsWith(directory) && (path.Length == directory.Length || path[directory.Length] == (byte)'/');

    private Span<byte> Terminated(ReadOnlySpan<byte> name)
    {
        name.CopyTo(_name);
        _name[name.Length] = 0;
        return _name.AsSpan(0, name.Length + 1);
    }
}
