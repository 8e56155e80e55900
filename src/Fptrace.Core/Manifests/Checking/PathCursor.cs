using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Checking;

/// <summary>Opens the directories of stored paths, one path after another, and follows no link.</summary>
/// <remarks>
/// A stored path has no symbolic links in it, so a link on the way is a difference. The cursor is made for sorted
/// paths: the directories on the way stay open, so that the kernel resolves only one component for most paths. One
/// openat2(2) with RESOLVE_NO_SYMLINKS opens a directory (Linux 5.6). Without it, or if the way is blocked, the cursor
/// opens each component by itself. Each thread has its own cursor, which owns its descriptors.
/// </remarks>
/// <param name="root">The start of relative paths.</param>
internal sealed class PathCursor(ByteString root) : IDisposable
{
    // Some containers have an older seccomp filter, which forbids openat2(2) with EPERM.
    private static volatile bool s_hasOpenat2 = true;

    private readonly byte[] _name = GC.AllocateUninitializedArray<byte>(2 * StoredPath.LongestPath);

    // The path of the open directories, without the root, and the end of each of them in it.
    private readonly byte[] _way = GC.AllocateUninitializedArray<byte>(StoredPath.LongestPath);
    private int[] _ends = new int[16];
    private int[] _descriptors = new int[16];

    // The number of open descriptors. The first one is the root or "/".
    private int _open;
    private bool _isAbsolute;

    // The part of the way up to what blocked the last path, and the error; 0 if nothing did. The next path is often
    // below the same place.
    private int _blockedAt;
    private int _blockedBy;

    /// <summary>Whether to do without openat2(2), as on an older kernel.</summary>
    public bool GoesByName { get; init; }

    /// <summary>
    /// The descriptor that the last path's name is relative to. Valid while <see cref="Error"/> is 0.
    /// </summary>
    public int At { get; private set; } = fcntl.AT_FDCWD;

    /// <summary>Why the directory of the last path cannot be reached: 0, or an errno value.</summary>
    /// <remarks>ELOOP means that a symbolic link is on the way.</remarks>
    public int Error { get; private set; }

    /// <summary>The length of the last path up to what blocked it.</summary>
    public int StoppedAt { get; private set; }

    /// <param name="path">A path in its stored form.</param>
    /// <returns>The name to look up from <see cref="At"/>, with a NUL at its end. Valid until the next call.</returns>
    public ReadOnlySpan<byte> Go(ReadOnlySpan<byte> path)
    {
        Error = 0;
        int blockedAt = _blockedAt;
        _blockedAt = 0;
        if (path is [(byte)'.'] or [(byte)'/'])
        {
            At = fcntl.AT_FDCWD;
            return Terminated(path[0] == (byte)'/' ? path : root.Span);
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

    /// <summary>Closes the directories that are not on the way to the next path.</summary>
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
            && !Enter(fcntl.AT_FDCWD, Terminated(isAbsolute ? "/"u8 : root.Span), 0, fcntl.O_PATH | fcntl.O_CLOEXEC))
        {
            StoppedAt = 0;
            return;
        }

        int from = _ends[_open - 1];
        if (from < directory.Length && !GoesByName && s_hasOpenat2
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
                // With O_DIRECTORY and O_NOFOLLOW a link gives ENOTDIR, too (open(2)).
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
