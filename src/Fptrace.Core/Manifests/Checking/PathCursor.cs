using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Checking;

/// <summary>Leads to one stored path after another, through directories alone: a stored path has no symbolic links in
/// it, so one on the way is news.</summary>
/// <remarks>
/// For sorted paths: the directories on the way stay open, so that most lookups cost the kernel one component. A
/// directory is opened by one openat2(2) that passes no link; where the kernel lacks it, or the way is blocked, name by
/// name. One for each thread; it owns its descriptors.
/// </remarks>
internal sealed class PathCursor : IDisposable
{
    // Some containers forbid openat2(2), which their filter does not know, with EPERM.
    private static volatile bool s_hasOpenat2 = true;

    private readonly byte[] _name = GC.AllocateUninitializedArray<byte>(2 * StoredPath.LongestPath);

    // The path on which the open directories are, without its root, and where in it each of them ends.
    private readonly byte[] _way = GC.AllocateUninitializedArray<byte>(StoredPath.LongestPath);
    private readonly ByteString _root;
    private readonly bool _byName;
    private int[] _ends = new int[16];
    private int[] _descriptors = new int[16];

    // Descriptors that are open: the root or "/" first.
    private int _open;
    private bool _isAbsolute;

    // How much of the way leads to what stopped the last path, and the error; 0 when nothing did. The next path is
    // often below the same.
    private int _blockedAt;
    private int _blockedBy;

    /// <param name="root">What relative paths begin at.</param>
    /// <param name="byName">As where the kernel lacks openat2(2).</param>
    public PathCursor(ByteString root, bool byName = false) => (_root, _byName) = (root, byName);

    /// <summary>What the last path is relative to; valid while <see cref="Error"/> is 0.</summary>
    public int At { get; private set; } = fcntl.AT_FDCWD;

    /// <summary>Why the directory of the last path cannot be reached: 0, or an errno value; ELOOP where a symbolic link
    /// is on the way.</summary>
    public int Error { get; private set; }

    /// <summary>Length of the last path up to what stopped the way.</summary>
    public int StoppedAt { get; private set; }

    /// <param name="path">In stored form.</param>
    /// <returns>The name to look up from <see cref="At"/>, with a NUL behind; valid until the next call.</returns>
    public ReadOnlySpan<byte> Go(ReadOnlySpan<byte> path)
    {
        Error = 0;
        int blockedAt = _blockedAt;
        _blockedAt = 0;
        if (path is [(byte)'.'] or [(byte)'/'])
        {
            At = fcntl.AT_FDCWD;
            return Terminated(path[0] == (byte)'/' ? path : _root.Span);
        }

        bool isAbsolute = path[0] == (byte)'/';
        int slash = path.LastIndexOf((byte)'/');
        ReadOnlySpan<byte> directory = slash <= 0 ? [] : path[(isAbsolute ? 1 : 0)..slash];
        if (blockedAt > 0 && isAbsolute == _isAbsolute && PathNesting.IsAtOrBelow(directory, _way.AsSpan(0, blockedAt)))
        {
            Stop(_blockedBy, blockedAt);
        }
        else
        {
            Back(isAbsolute, directory);
            Forth(isAbsolute, directory);
        }

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
        while (open > 1 && !PathNesting.IsAtOrBelow(directory, _way.AsSpan(0, _ends[open - 1])))
        {
            open--;
        }

        Close(open);
    }

    private void Forth(bool isAbsolute, ReadOnlySpan<byte> directory)
    {
        _isAbsolute = isAbsolute;
        if (_open == 0
            && !Enter(fcntl.AT_FDCWD, Terminated(isAbsolute ? "/"u8 : _root.Span), 0, fcntl.O_PATH | fcntl.O_CLOEXEC))
        {
            StoppedAt = 0;
            return;
        }

        int from = _ends[_open - 1];
        if (from < directory.Length && !_byName && s_hasOpenat2
            && EnterAtOnce(Terminated(directory[StartBehind(from)..]), directory.Length))
        {
            directory.CopyTo(_way);
            return;
        }

        while (from < directory.Length)
        {
            int start = StartBehind(from);
            int slash = directory[start..].IndexOf((byte)'/');
            int end = slash < 0 ? directory.Length : start + slash;
            int above = _descriptors[_open - 1];
            ReadOnlySpan<byte> name = Terminated(directory[start..end]);
            directory[..end].CopyTo(_way);
            if (!Enter(above, name, end, fcntl.O_PATH | fcntl.O_DIRECTORY | fcntl.O_NOFOLLOW | fcntl.O_CLOEXEC))
            {
                // Of a link it says that it is no directory, too (open(2)).
                Stop(Error is errno.ENOTDIR or errno.ELOOP
                    && FileLook.At(above, name, FinalLink.Keep).Type == FileType.Symlink
                    ? errno.ELOOP
                    : Error, end);
                return;
            }

            from = end;
        }
    }

    private void Stop(int error, int at)
    {
        (Error, _blockedBy, _blockedAt) = (error, error, at);
        StoppedAt = at + (_isAbsolute ? 1 : 0);
    }

    private static int StartBehind(int end) => end == 0 ? 0 : end + 1;

    private bool EnterAtOnce(ReadOnlySpan<byte> names, int end)
    {
        int descriptor = FilesAt.OpenResolved(
            _descriptors[_open - 1], names, fcntl.O_PATH | fcntl.O_DIRECTORY, fcntl.RESOLVE_NO_SYMLINKS);
        if (descriptor >= 0)
        {
            Push(descriptor, end);
            return true;
        }

        if (descriptor is -errno.ENOSYS or -errno.EPERM)
        {
            s_hasOpenat2 = false;
        }

        return false;
    }

    private bool Enter(int above, ReadOnlySpan<byte> name, int end, int flags)
    {
        int descriptor = libc.openat(above, in MemoryMarshal.GetReference(name), flags, 0);
        if (descriptor < 0)
        {
            Error = Marshal.GetLastPInvokeError();
            return false;
        }

        Push(descriptor, end);
        return true;
    }

    private void Push(int descriptor, int end)
    {
        if (_open == _ends.Length)
        {
            Array.Resize(ref _ends, 2 * _open);
            Array.Resize(ref _descriptors, 2 * _open);
        }

        (_ends[_open], _descriptors[_open]) = (end, descriptor);
        _open++;
    }

    private void Close(int keep)
    {
        while (_open > keep)
        {
            _ = libc.close(_descriptors[--_open]);
        }
    }

    private Span<byte> Terminated(ReadOnlySpan<byte> name)
    {
        name.CopyTo(_name);
        _name[name.Length] = 0;
        return _name.AsSpan(0, name.Length + 1);
    }
}
