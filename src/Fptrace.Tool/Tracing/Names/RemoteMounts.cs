using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Names;

/// <summary>
/// The mounts whose file system is served by another machine (NFS) or process (FUSE), which may never answer.
/// </summary>
/// <remarks>
/// The server of a mount that the command makes may be a process of the command, with calls of its own to be handled:
/// such a mount counts as used before it is there. One that others make meanwhile counts at once. A mount that was
/// there before counts from the first path on that names it. Most machines have some of these that nobody uses, and to
/// handle calls elsewhere costs time. A standard stream of the command that is a file there names it, too. A mount that
/// holds the root or the working directory never counts: while its server does not answer, the command itself stands
/// still. A link into a mount, and a name relative to a descriptor, are not foreseen. The table of mounts tells all
/// this without touching any mount. Thread-safe.
/// </remarks>
internal sealed class RemoteMounts
{
    private const int LooksBeforeWatch = 64;

    // Whole lines: the kernel gives the number of a mount that is gone to the next one.
    private readonly HashSet<Mount> _former = [];
    private ByteString[] _points = [];
    private volatile bool _isUsed;
    private int _looks;

    /// <summary>Whether the command uses such a mount, or may do so.</summary>
    /// <remarks>Once true it stays so, for a mount that was taken away may still be in use.</remarks>
    public bool IsUsed => _isUsed;

    /// <summary>Reads the mounts that are there before the command starts.</summary>
    public void Start()
    {
        byte[] directory = LinkOf(ProcPath.Of(Environment.ProcessId, "cwd"u8));
        List<Mount> remote = Remote(MountWatch.Own?.Table);
        _former.UnionWith(remote);
        _points = [.. remote
            .Select(mount => mount.Point)
            .Where(point => !PathNesting.IsAtOrBelow(directory, point.Span))];
        for (int fd = 0; fd <= 2 && _points.Length > 0; fd++)
        {
            byte[] file = LinkOf(ProcPath.Of(Environment.ProcessId, "fd"u8, fd));
            _isUsed |= Array.Exists(_points, point => PathNesting.IsAtOrBelow(file, point.Span));
        }
    }

    /// <summary>Called for each call that names a path: others may have mounted something while the command runs, in
    /// our mount namespace or in one from which mounts reach it.</summary>
    /// <remarks>The first calls ask the kernel, which takes 0.3 µs each. A thread that waits for a change costs a short
    /// command more.</remarks>
    public void LookForNew()
    {
        if (_isUsed || _looks >= LooksBeforeWatch || MountWatch.Own is not { } watch)
        {
            return;
        }

        if (Interlocked.Increment(ref _looks) == LooksBeforeWatch)
        {
            new Thread(() => Watch(watch), maxStackSize: 128 * 1024) { IsBackground = true, Name = "mounts" }.Start();
        }
        else if (watch.HasChanged)
        {
            Look(Environment.ProcessId);
        }
    }

    private void Watch(MountWatch watch)
    {
        while (!_isUsed && watch.WaitForChange())
        {
            Look(Environment.ProcessId);
        }
    }

    /// <summary>The command is about to mount a file system. Others may look there before that call returns, and its
    /// server may be the caller, which stands still until we have handled the return.</summary>
    /// <param name="type">The name of its type; empty when it is not known.</param>
    public void Expect(ReadOnlySpan<byte> type) => _isUsed |= type.IsEmpty || Mount.IsRemoteType(type);

    /// <summary>Reads the mounts that a process has after a call that may have made some.</summary>
    public void Look(int pid)
    {
        if (!_isUsed)
        {
            _isUsed = Remote(Files.ReadAll(ProcPath.Of(pid, "mountinfo"u8))).Exists(mount => !_former.Contains(mount));
        }
    }

    /// <summary>Whether a path may lead into one of the mounts. If so, its mount counts as used.</summary>
    /// <param name="tid">The thread whose working directory a relative path starts from.</param>
    /// <param name="path">The path, without its NUL.</param>
    public bool MayLeadThere(int tid, ReadOnlySpan<byte> path)
    {
        foreach (ByteString point in _points)
        {
            if (Names(tid, path, point.Span))
            {
                return _isUsed = true;
            }
        }

        return _isUsed;
    }

    /// <summary>Whether <see cref="MayLeadThere"/> has anything to compare a path with.</summary>
    public bool Any => _points.Length > 0;

    private static List<Mount> Remote(ReadOnlySpan<byte> table) => Mount.Read(table).FindAll(mount => mount.IsRemote);

    private static bool Names(int tid, ReadOnlySpan<byte> path, ReadOnlySpan<byte> point)
    {
        if (!HasComponent(path, point[(point.LastIndexOf((byte)'/') + 1)..]))
        {
            return false;
        }

        if (path.IndexOf("../"u8) >= 0)
        {
            return true;
        }

        if (path[0] == (byte)'/')
        {
            return PathNesting.IsAtOrBelow(path, point);
        }

        byte[] directory = LinkOf(ProcPath.Of(tid, "cwd"u8));
        return PathNesting.IsAtOrBelow(
            [.. directory, (byte)'/', .. path.StartsWith("./"u8) ? path[2..] : path], point);
    }

    private static bool HasComponent(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name)
    {
        foreach (Range component in path.Split((byte)'/'))
        {
            if (path[component].SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }

    private static byte[] LinkOf(ReadOnlySpan<byte> link)
    {
        Span<byte> target = stackalloc byte[PathComponents.LongestPath];
        return target[..Math.Max(Files.ReadLink(link, target), 0)].ToArray();
    }
}
