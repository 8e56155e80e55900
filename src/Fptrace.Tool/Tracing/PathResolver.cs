using Fptrace.Interop;

namespace Fptrace.Tracing;

/// <summary>Makes a tracee's path absolute as the kernel would: the working directory, descriptors and root are asked for, not tracked.</summary>
/// <remarks>
/// Symbolic links stay in the name, which is how the command knows the file; only ".." after one is resolved, because it leads to
/// the parent of the link's target. One for each supervising thread.
/// </remarks>
internal sealed partial class PathResolver(TraceeMemory memory, DescriptorNames names)
{
    private const int LongestPath = 4096;
    private readonly byte[] _raw = new byte[LongestPath];
    private readonly byte[] _link = new byte[LongestPath + 1];

    /// <summary>Reads the path at <paramref name="address"/> and resolves it.</summary>
    /// <param name="tracee">Stands still in the call.</param>
    /// <param name="at">Descriptor that it is relative to, or AT_FDCWD.</param>
    /// <param name="address">In the tracee's memory.</param>
    /// <param name="orDescriptor">No path, or an empty one, means the file of the descriptor itself.</param>
    /// <param name="result">Filled.</param>
    /// <returns>false when the call will fail for it: no memory, too long, no such descriptor.</returns>
    public bool Resolve(Tracee tracee, int at, ulong address, bool orDescriptor, ResolvedPath result)
    {
        int length = address == 0 ? 0 : memory.ReadString(address, _raw);
        if (length > 0)
        {
            return Resolve(tracee, at, _raw.AsSpan(0, length), result);
        }

        return length == 0 && orDescriptor && at != fcntl.AT_FDCWD && Descriptor(tracee.Tid, at, result);
    }

    /// <summary>Resolves a path for which <paramref name="at"/> is the root directory (RESOLVE_IN_ROOT of openat2(2)).</summary>
    /// <remarks>The name is right unless an absolute link is on the way: whoever opens it asks the descriptor.</remarks>
    public bool ResolveInRoot(Tracee tracee, int at, ulong address, ResolvedPath result)
    {
        int length = memory.ReadString(address, _raw);
        result.Reset(tracee.Tid);
        int root = length <= 0 ? 0 : Files.ReadLink(Directory(tracee.Tid, at), _link);
        if (root <= 0 || _link[0] != '/')
        {
            return false;
        }

        ReadOnlySpan<byte> known = WithoutDeleted(_link.AsSpan(0, root));
        known.CopyTo(result.Buffer);
        int floor = known.Length == 1 ? 0 : known.Length;
        Append(tracee, _raw.AsSpan(0, length), floor, floor, foreign: false, default, result);
        result.LookUpInRoot(at, _raw.AsSpan(0, length));
        return true;
    }

    /// <summary>The file of a descriptor.</summary>
    public bool Descriptor(int tid, int fd, ResolvedPath result)
    {
        result.Reset(tid);
        int length = Files.ReadLink(ProcPath.Of(tid, "fd"u8, fd), _link);
        if (length <= 0)
        {
            return false;
        }

        result.Length = names.NameOf(tid, fd, _link.AsSpan(0, length), result.Buffer, out bool isDeleted);
        result.IsDeleted = isDeleted;
        result.LookUpAt(ProcPath.Of(tid, "fd"u8, fd)[..^1]);
        return true;
    }

    /// <summary>The working directory; empty when it cannot be told.</summary>
    public ReadOnlySpan<byte> WorkingDirectory(int tid)
    {
        if (names.Hosts.IsForeign(tid) && names.Hosts.OfLink(tid, ProcPath.Of(tid, "cwd"u8)) is { IsEmpty: false } host)
        {
            return host.Span.ToArray();
        }

        int length = Files.ReadLink(ProcPath.Of(tid, "cwd"u8), _link);
        return length <= 0 ? [] : WithoutDeleted(_link.AsSpan(0, length));
    }

    /// <summary>A path that stands elsewhere than in a string: not empty.</summary>
    public bool Resolve(Tracee tracee, int at, ReadOnlySpan<byte> path, ResolvedPath result)
    {
        result.Reset(tracee.Tid);
        bool absolute = path[0] == '/';
        if (absolute && (IsCanonical(path) || LeadsThroughLink(path)))
        {
            if (IsOwn(path) && IsOwnIn(tracee, path))
            {
                return Own(tracee, path, result);
            }

            if (!tracee.HasForeignRoot)
            {
                path.CopyTo(result.Buffer);
                result.Length = path.Length;
                return true;
            }
        }

        int start = 0;
        int floor = 0;
        bool foreign = tracee.HasForeignRoot;
        bool byName = true;
        ReadOnlySpan<byte> unsure = default;
        if (!absolute)
        {
            int length = Files.ReadLink(Directory(tracee.Tid, at), _link);
            if (length <= 0 || _link[0] != '/')
            {
                return false;
            }

            ReadOnlySpan<byte> known = WithoutDeleted(_link.AsSpan(0, length));
            byName = known.Length == length;
            unsure = at != fcntl.AT_FDCWD && path.StartsWith(".."u8) ? Directory(tracee.Tid, at).ToArray() : default;
            known.CopyTo(result.Buffer);
            start = known.Length == 1 ? 0 : known.Length;
            foreign = foreign && !(names.Hosts.IsForeign(tracee.Tid) && names.Hosts.IsOurs(Directory(tracee.Tid, at)));
            if (foreign && (floor = Floor(tracee.Tid, known)) < 0)
            {
                // It lies outside of the root, where chroot(2) left it.
                floor = 0;
                byName = foreign = false;
            }
        }
        else if (foreign)
        {
            start = floor = Root(tracee.Tid, result.Buffer);
        }

        bool whole = Append(tracee, path, start, floor, foreign, unsure, result);
        if (whole)
        {
            if (WantsDirectory(path))
            {
                result.KeepTrailingSlash();
            }

            if (IsOwn(result.Name) && (!foreign || IsOwnIn(tracee, result.Name)))
            {
                return Own(tracee, result.Name.ToArray(), result);
            }
        }

        if (whole && !absolute && (!byName || result.Length >= LongestPath - 1))
        {
            result.LookUpFrom(at, path);
        }
        else if (foreign)
        {
            result.LookUpInRoot(result.Name[floor..]);
        }

        if (foreign)
        {
            TakeHostName(tracee, floor, result);
        }

        return true;
    }

    private static ReadOnlySpan<byte> Directory(int tid, int at) => at == fcntl.AT_FDCWD ? ProcPath.Of(tid, "cwd"u8) : ProcPath.Of(tid, "fd"u8, at);

    // The way on which it is looked up stays: it leads through the tracee's root.
    private void TakeHostName(Tracee tracee, int floor, ResolvedPath result)
    {
        if (names.Hosts.IsForeign(tracee.Tid) && names.Hosts.OfPath(tracee.Tid, result.Name, floor) is { IsEmpty: false } host)
        {
            host.Span.CopyTo(result.Buffer);
            result.Length = host.Span.Length;
        }
    }

    /// <summary>Component by component behind what stands in the buffer already, which is canonical.</summary>
    /// <param name="tracee">Whose path.</param>
    /// <param name="path">What is appended.</param>
    /// <param name="start">Length of what stands there.</param>
    /// <param name="floor">Length of the root directory, beyond which ".." does not lead.</param>
    /// <param name="foreign">The root directory is the tracee's and not ours.</param>
    /// <param name="unsure">The link in /proc to what stands there if it may be no directory.</param>
    /// <param name="result">Whose buffer it is.</param>
    /// <returns>false when a ".." cannot be followed: the name ends there, and what is missing or no directory makes the call fail.</returns>
    private bool Append(Tracee tracee, ReadOnlySpan<byte> path, int start, int floor, bool foreign, ReadOnlySpan<byte> unsure, ResolvedPath result)
    {
        Span<byte> name = result.Buffer;
        int length = start;
        int canonical = start;
        while (!path.IsEmpty)
        {
            int slash = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> component = slash < 0 ? path : path[..slash];
            path = slash < 0 ? [] : path[(slash + 1)..];
            if (component.IsEmpty || component.SequenceEqual("."u8))
            {
                continue;
            }

            if (!component.SequenceEqual(".."u8))
            {
                name[length++] = (byte)'/';
                component.CopyTo(name[length..]);
                length += component.Length;
                continue;
            }

            if (length > canonical)
            {
                int found = Canonicalize(tracee, name, length, floor, foreign);
                if (found < 0)
                {
                    return End(length, result);
                }

                length = found;
            }
            else if (!unsure.IsEmpty && !IsDirectory(unsure))
            {
                return End(length, result);
            }

            unsure = default;
            if (length > floor)
            {
                length = name[..length].LastIndexOf((byte)'/');
            }

            length = Math.Max(length, floor);
            canonical = length;
        }

        if (length == 0)
        {
            name[length++] = (byte)'/';
        }

        result.Length = length;
        return true;
    }

    private static bool End(int length, ResolvedPath result)
    {
        result.Length = length;
        result.KeepTrailingSlash();
        return false;
    }

    private static bool IsDirectory(ReadOnlySpan<byte> link) =>
        FileStamps.Of(link, follow: true, out Model.FileStamp stamp) == 0 && stamp.Type == Model.FileType.Directory;

    /// <summary>Replaces the name of a directory by the one that the kernel has for it.</summary>
    /// <returns>The new length; negative when there is no such directory.</returns>
    private int Canonicalize(Tracee tracee, Span<byte> name, int length, int floor, bool foreign)
    {
        name[length] = 0;
        int fd;
        if (foreign)
        {
            int root = Files.Open(fcntl.AT_FDCWD, ProcPath.Of(tracee.Tid, "root"u8), fcntl.O_PATH);
            fd = root < 0 ? root : Files.OpenInRoot(root, name[floor..(length + 1)], SyscallAbi.Native.O_DIRECTORY);
            Files.Close(root);
        }
        else
        {
            fd = Files.Open(fcntl.AT_FDCWD, name[..(length + 1)], fcntl.O_PATH | SyscallAbi.Native.O_DIRECTORY);
        }

        if (fd < 0)
        {
            return fd;
        }

        int found = Files.ReadLink(ProcPath.OfOwnDescriptor(fd), _link);
        Files.Close(fd);
        if (found <= 0 || _link[0] != '/')
        {
            return length;
        }

        _link.AsSpan(0, found).CopyTo(name);
        return found == 1 ? 0 : found;
    }

    /// <summary>Length of a process's root directory, 0 for "/"; its name is written to <paramref name="target"/>.</summary>
    private static int Root(int tid, Span<byte> target)
    {
        int length = Files.ReadLink(ProcPath.Of(tid, "root"u8), target);
        return length <= 1 ? 0 : length;
    }

    /// <summary>Length of the root directory that a name is below; negative when it is not.</summary>
    private static int Floor(int tid, ReadOnlySpan<byte> name)
    {
        Span<byte> root = stackalloc byte[LongestPath];
        root = root[..Root(tid, root)];
        return name.StartsWith(root) && (name.Length == root.Length || root.IsEmpty || name[root.Length] == '/') ? root.Length : -1;
    }

    private static ReadOnlySpan<byte> WithoutDeleted(ReadOnlySpan<byte> link) =>
        DescriptorNames.IsDeleted(link) ? link[..^" (deleted)".Length] : link;

    private static bool IsCanonical(ReadOnlySpan<byte> path) =>
        path[^1] != '/' && path.IndexOf("//"u8) < 0 && path.IndexOf("/."u8) < 0;

    private static bool WantsDirectory(ReadOnlySpan<byte> path) => path[^1] == '/' || path.EndsWith("/."u8);
}
