using System.Buffers.Text;
using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Names;

/// <summary>The names that files of another mount namespace have in ours. Thread-safe.</summary>
/// <remarks>
/// A file is found in the tracee's table of mounts by the mount it was reached through, then in ours by the file system and the path inside
/// of it, and counts as found when both names lead to the same inode. What is mounted nowhere here, such as a private
/// tmpfs, gets a fictional name; the kernel's own file systems are named as ours.
/// </remarks>
internal sealed class HostNames
{
    private const int LongestPath = 4096;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Mount>> _tables = [];
    private readonly Dictionary<ByteString, int> _private = [];
    private readonly byte[] _ours = Namespace(Environment.ProcessId);
    private volatile bool _any;

    /// <summary>Called when a file has no name that would be true here: process, and the name that it has there.</summary>
    public Action<int, string>? Unresolved { get; set; }

    /// <summary>A tracee may be in another mount namespace from now on.</summary>
    public void Entered() => _any = true;

    /// <summary>Mounts were changed.</summary>
    public void Changed()
    {
        lock (_lock)
        {
            _tables.Clear();
        }
    }

    /// <summary>Whether a thread's mounts are not ours. Costs nothing as long as no tracee made or entered a namespace.</summary>
    public bool IsForeign(int tid) => _any && Namespace(tid) is { Length: > 0 } its && !its.AsSpan().SequenceEqual(_ours);

    /// <summary>The name of what a link in /proc leads to: cwd, exe, fd.</summary>
    /// <param name="tid">A thread whose mounts are not ours.</param>
    /// <param name="link">Ends with a NUL.</param>
    /// <returns>Empty when it has none.</returns>
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

    /// <summary>The name of a path that is absolute in the tracee's namespace. What does not exist is named after the directory that does.</summary>
    /// <param name="tid">A thread whose mounts are not ours.</param>
    /// <param name="name">From the root of its namespace.</param>
    /// <param name="floor">Length of its root directory's name.</param>
    /// <returns>Empty when it has none.</returns>
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
        while ((fd = Files.OpenInRoot(root, existing.Length > floor ? [.. existing[floor..], 0] : "/\0"u8, flags)) < 0 && existing.Length > floor)
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

    /// <summary>Whether a link in /proc leads to a file that was reached through one of our mounts, before its process got its own.</summary>
    public bool IsOurs(ReadOnlySpan<byte> link)
    {
        int fd = Files.Open(fcntl.AT_FDCWD, link, fcntl.O_PATH);
        int id = fd < 0 ? -1 : MountOf(fd);
        Files.Close(fd);
        lock (_lock)
        {
            return Table(Environment.ProcessId).Exists(mount => mount.Id == id);
        }
    }

    /// <param name="tid">A thread whose mounts are not ours.</param>
    /// <param name="fd">Ours, of the file.</param>
    /// <param name="asked">The path by which it was found, if there was one: kept where it leads to the same file here.</param>
    /// <param name="rest">What follows it.</param>
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
        lock (_lock)
        {
            List<Mount> ours = Table(Environment.ProcessId);
            if (ours.Exists(mount => mount.Id == id))
            {
                // It was opened before the namespace was made.
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
                    return !asked.IsEmpty && name.SequenceEqual(found.Span) && IsSame(asked, file) ? Join(asked, rest) : Join(found.Span, rest);
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
        }

        // A descriptor that was opened before either namespace was made.
        if (IsSame(name, file))
        {
            return Join(name, rest);
        }

        Unresolved?.Invoke(tid, new ByteString(name).ToString());
        return default;
    }

    // −1 when the kernel does not say.
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
        FileStamps.Of([.. path, 0], follow: false, out FileStamp found) == 0 && found.Inode == file.Inode && found.Device == file.Device;

    // What follows a directory's name, which has no slash at its end.
    private static bool TryCut(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory, out ReadOnlySpan<byte> below)
    {
        below = default;
        if (!path.StartsWith(directory) || (path.Length > directory.Length && path[directory.Length] != '/'))
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
        if (!_tables.TryGetValue(key, out List<Mount>? table))
        {
            _tables[key] = table = Mount.Read(Files.ReadAll(ProcPath.Of(tid, "mountinfo"u8)));
        }

        return table;
    }

    private int Number(ByteString device)
    {
        if (!_private.TryGetValue(device, out int number))
        {
            _private[device] = number = _private.Count + 1;
        }

        return number;
    }

    private static byte[] Namespace(int tid)
    {
        Span<byte> link = stackalloc byte[64];
        int length = Files.ReadLink(ProcPath.Of(tid, "ns/mnt"u8), link);
        return link[..Math.Max(length, 0)].ToArray();
    }
}
