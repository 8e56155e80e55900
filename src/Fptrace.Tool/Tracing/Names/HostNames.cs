using System.Buffers.Text;
using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Names;

/// <summary>Finds the names that files of another mount namespace have in ours. Thread-safe.</summary>
/// <remarks>
/// The tracee's table of mounts tells the file system of a file, and its path in there, by the mount that it was
/// reached through. Our own table tells where the same file system is mounted here. The name counts if it leads to the
/// same inode. A file system that is mounted nowhere here, such as a private tmpfs, gets a fictional name. Those of the
/// kernel, such as proc, are named as ours.
/// </remarks>
internal sealed class HostNames
{
    private const int LongestPath = 4096;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Mount>> _tables = [];
    private readonly Dictionary<ByteString, int> _private = [];
    private readonly byte[] _ours = Namespace(Environment.ProcessId);
    private volatile bool _any;
    private int _version;

    /// <summary>
    /// Called with a process and the name that it has for a file, when the file has no true name here.
    /// </summary>
    public Action<int, string>? Unresolved { get; set; }

    /// <summary>Called when a tracee may have entered another mount namespace.</summary>
    public void Entered() => _any = true;

    /// <summary>Called when mounts were changed.</summary>
    public void Changed()
    {
        lock (_lock)
        {
            _version++;
            _tables.Clear();
        }
    }

    /// <summary>
    /// Whether a thread is in another mount namespace. Costs nothing until a tracee makes or enters one.
    /// </summary>
    public bool IsForeign(int tid) => _any && Namespace(tid) is { Length: > 0 } its
        && !its.AsSpan().SequenceEqual(_ours);

    /// <summary>The name here of the file that a link in /proc leads to: cwd, exe or fd/N.</summary>
    /// <param name="tid">A thread in another mount namespace.</param>
    /// <param name="link">Ends with a NUL.</param>
    /// <returns>Empty when the file has none.</returns>
    public ByteString OfLink(int tid, ReadOnlySpan<byte> link)
    {
        int fd = Files.Open(fcntl.AT_FDCWD, link, fcntl.O_PATH);
        if (fd < 0)
        {
            return default;
        }

        ByteString found = Of(tid, fd, default, []);
        Files.Close(fd);
        return found;
    }

    /// <summary>Replaces the name of a path by the one that the file has here.</summary>
    /// <remarks>The file is still looked up through the tracee's root directory.</remarks>
    public void Rename(int tid, int floor, ResolvedPath path)
    {
        if (IsForeign(tid) && OfPath(tid, path.Name, floor) is { IsEmpty: false } host)
        {
            host.Span.CopyTo(path.Buffer);
            path.Length = host.Span.Length;
        }
    }

    /// <summary>The name here of an absolute path of a tracee.</summary>
    /// <remarks>A path that does not exist is named after the nearest directory above it that does.</remarks>
    /// <param name="tid">A thread in another mount namespace.</param>
    /// <param name="name">The path from the root of its namespace.</param>
    /// <param name="floor">The length of the name of its root directory.</param>
    /// <returns>Empty when the path has none.</returns>
    public ByteString OfPath(int tid, ReadOnlySpan<byte> name, int floor)
    {
        int root = Files.Open(fcntl.AT_FDCWD, ProcPath.Of(tid, "root"u8), fcntl.O_PATH);
        if (root < 0)
        {
            return default;
        }

        ReadOnlySpan<byte> existing = name;
        int flags = OpenFlags.OfThisMachine.O_NOFOLLOW;
        int fd;
        while ((fd = Files.OpenInRoot(root, existing.Length > floor ? [.. existing[floor..], 0] : "/\0"u8, flags)) < 0
            && existing.Length > floor)
        {
            existing = existing[..Math.Max(existing.LastIndexOf((byte)'/'), floor)];
            flags = 0;
        }

        Files.Close(root);
        if (fd < 0)
        {
            return default;
        }

        ByteString found = Of(tid, fd, existing, name[existing.Length..]);
        Files.Close(fd);
        return found;
    }

    /// <summary>Whether a link in /proc leads to a file that was reached through a mount of our namespace.</summary>
    /// <remarks>Its process may have opened it before it got mounts of its own.</remarks>
    public bool IsOurs(ReadOnlySpan<byte> link)
    {
        int fd = Files.Open(fcntl.AT_FDCWD, link, fcntl.O_PATH);
        int id = fd < 0 ? -1 : MountOf(fd);
        Files.Close(fd);
        return Table(Environment.ProcessId).Exists(mount => mount.Id == id);
    }

    /// <param name="tid">A thread in another mount namespace.</param>
    /// <param name="fd">Our own descriptor of the file.</param>
    /// <param name="asked">The path that led to the file, if any. It is kept where it leads to the same file
    /// here.</param>
    /// <param name="rest">What follows that path.</param>
    private ByteString Of(int tid, int fd, ReadOnlySpan<byte> asked, ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> link = ProcPath.OfOwnDescriptor(fd);
        Span<byte> name = stackalloc byte[LongestPath];
        int length = Files.ReadLink(link, name);
        if (length <= 0 || FileStamps.Of(fd, "\0"u8, fcntl.AT_EMPTY_PATH, out FileStamp file) < 0)
        {
            return default;
        }

        name = name[..length];
        int id = MountOf(fd);
        List<Mount> ours = Table(Environment.ProcessId);
        if (ours.Exists(mount => mount.Id == id))
        {
            // The file was reached through one of our mounts, before the namespace was made.
            return Join(name, rest);
        }

        Span<byte> root = stackalloc byte[LongestPath];
        root = root[..Math.Max(Files.ReadLink(ProcPath.Of(tid, "root"u8), root), 0)];
        root = root.Length == 1 ? [] : root;
        if (Table(tid).Find(mount => mount.Id == id) is { } its
            && name.StartsWith(root)
            && TryCut(name[root.Length..], its.Point.Span, out ReadOnlySpan<byte> below))
        {
            byte[] inside = [.. its.Root.Span, .. below];
            if (Find(ours, its, inside, file) is { IsEmpty: false } found)
            {
                return !asked.IsEmpty && name.SequenceEqual(found.Span) && IsSame(asked, file)
                    ? Join(asked, rest)
                    : Join(found.Span, rest);
            }

            if (its.IsKernels && ours.Find(mount => mount.Type == its.Type && mount.Root.IsEmpty) is { } same)
            {
                return Join([.. same.Point.Span, .. inside], rest);
            }

            if (!ours.Exists(mount => mount.Device == its.Device))
            {
                if (!its.StartsEmpty)
                {
                    Unresolved?.Invoke(tid, new ByteString(name).ToString());
                }

                return Join([.. Encoding.UTF8.GetBytes($"/dev/fptrace/mount/{Number(its.Device)}"), .. inside], rest);
            }
        }

        // The descriptor is from before both namespaces were made.
        if (IsSame(name, file))
        {
            return Join(name, rest);
        }

        Unresolved?.Invoke(tid, new ByteString(name).ToString());
        return default;
    }

    // Returns −1 when the kernel does not say.
    private static int MountOf(int fd)
    {
        ReadOnlySpan<byte> info = Files.ReadAll(ProcPath.Of(Environment.ProcessId, "fdinfo"u8, fd));
        int at = info.IndexOf("mnt_id:\t"u8);
        return at >= 0 && Utf8Parser.TryParse(info[(at + "mnt_id:\t".Length)..], out int id, out _) ? id : -1;
    }

    private static ByteString Find(List<Mount> ours, Mount its, byte[] inside, in FileStamp file)
    {
        foreach (Mount mount in ours)
        {
            if (mount.Device == its.Device && TryCut(inside, mount.Root.Span, out ReadOnlySpan<byte> below))
            {
                byte[] candidate = [.. mount.Point.Span, .. below];
                candidate = candidate.Length == 0 ? [(byte)'/'] : candidate;
                if (IsSame(candidate, file))
                {
                    return new ByteString(candidate);
                }
            }
        }

        return default;
    }

    private static bool IsSame(ReadOnlySpan<byte> path, in FileStamp file) =>
        FileStamps.Of([.. path, 0], FinalLink.Keep, out FileStamp found) == 0 && found.Inode == file.Inode
            && found.Device == file.Device;

    // Takes a directory's name off a path. The directory's name has no slash at its end.
    private static bool TryCut(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory, out ReadOnlySpan<byte> below)
    {
        below = default;
        if (!PathNesting.IsAtOrBelow(path, directory))
        {
            return false;
        }

        below = path.SequenceEqual("/"u8) ? [] : path[directory.Length..];
        return true;
    }

    private static ByteString Join(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> rest) =>
        new([.. directory.SequenceEqual("/"u8) && !rest.IsEmpty ? [] : directory, .. rest]);

    private List<Mount> Table(int tid)
    {
        Span<byte> root = stackalloc byte[LongestPath];
        root = root[..Math.Max(Files.ReadLink(ProcPath.Of(tid, "root"u8), root), 0)];
        string key = Convert.ToHexString(Namespace(tid)) + Convert.ToHexString(root);
        int version;
        lock (_lock)
        {
            version = _version;
            if (_tables.TryGetValue(key, out List<Mount>? known))
            {
                return known;
            }
        }

        List<Mount> table = Mount.Read(Files.ReadAll(ProcPath.Of(tid, "mountinfo"u8)));
        lock (_lock)
        {
            if (version == _version)
            {
                _tables[key] = table;
            }
        }

        return table;
    }

    private int Number(ByteString device)
    {
        lock (_lock)
        {
            if (!_private.TryGetValue(device, out int number))
            {
                _private[device] = number = _private.Count + 1;
            }

            return number;
        }
    }

    private static byte[] Namespace(int tid)
    {
        Span<byte> link = stackalloc byte[64];
        int length = Files.ReadLink(ProcPath.Of(tid, "ns/mnt"u8), link);
        return link[..Math.Max(length, 0)].ToArray();
    }
}
