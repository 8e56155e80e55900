using Fptrace.Interop;

namespace Fptrace.Tracing;

/// <summary>Makes a tracee's path absolute as the kernel would: the working directory, descriptors and root are asked for, not tracked.</summary>
/// <remarks>
/// Symbolic links stay in the name, which is how the command knows the file; only ".." after one is resolved, because it leads to
/// the parent of the link's target. One for each supervising thread.
/// </remarks>
internal sealed class PathResolver(TraceeMemory memory, DescriptorNames names)
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
        if (absolute && IsCanonical(path))
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
        bool baseIsGone = false;
        bool foreign = tracee.HasForeignRoot;
        if (absolute)
        {
            if (foreign)
            {
                start = floor = Root(tracee.Tid, result.Buffer);
            }
        }
        else
        {
            int length = Files.ReadLink(Directory(tracee.Tid, at), _link);
            if (length <= 0 || _link[0] != '/')
            {
                return false;
            }

            ReadOnlySpan<byte> known = WithoutDeleted(_link.AsSpan(0, length));
            baseIsGone = known.Length != length;
            known.CopyTo(result.Buffer);
            start = known.Length == 1 ? 0 : known.Length;
            foreign = foreign && !(names.Hosts.IsForeign(tracee.Tid) && names.Hosts.IsOurs(Directory(tracee.Tid, at)));
        }

        Append(tracee, path, start, floor, foreign, result);
        if (path[^1] == '/' || path.EndsWith("/."u8))
        {
            result.KeepTrailingSlash();
        }

        if (IsOwn(result.Name) && (!foreign || IsOwnIn(tracee, result.Name)))
        {
            return Own(tracee, result.Name.ToArray(), result);
        }

        ChooseWay(tracee, at, path, absolute, floor, foreign, baseIsGone, result);
        if (foreign && names.Hosts.IsForeign(tracee.Tid))
        {
            TakeHostName(tracee, result);
        }

        return true;
    }

    private static void ChooseWay(Tracee tracee, int at, ReadOnlySpan<byte> path, bool absolute, int floor, bool foreign, bool baseIsGone, ResolvedPath result)
    {
        if (foreign)
        {
            if (!absolute)
            {
                Span<byte> root = stackalloc byte[LongestPath];
                root = root[..Root(tracee.Tid, root)];
                if (baseIsGone || !IsBelow(result.Name, root))
                {
                    // The working directory lies outside of the root: it was left there by chroot(2).
                    result.LookUpFrom(at, path);
                    return;
                }

                floor = root.Length;
            }

            result.LookUpInRoot(result.Name[floor..]);
        }
        else if (!absolute && (baseIsGone || result.Length >= LongestPath - 1))
        {
            result.LookUpFrom(at, path);
        }
    }

    private static ReadOnlySpan<byte> Directory(int tid, int at) => at == fcntl.AT_FDCWD ? ProcPath.Of(tid, "cwd"u8) : ProcPath.Of(tid, "fd"u8, at);

    private static void Replace(ResolvedPath result, ReadOnlySpan<byte> name)
    {
        name.CopyTo(result.Buffer);
        result.Length = name.Length;
    }

    // The way to look it up leads through the tracee's root and stays.
    private void TakeHostName(Tracee tracee, ResolvedPath result)
    {
        Span<byte> root = stackalloc byte[LongestPath];
        int floor = Root(tracee.Tid, root);
        if (IsBelow(result.Name, root[..floor]) && names.Hosts.OfPath(tracee.Tid, result.Name, floor) is { IsEmpty: false } host)
        {
            Replace(result, host.Span);
        }
    }

    private static bool IsBelow(ReadOnlySpan<byte> name, ReadOnlySpan<byte> root) =>
        name.StartsWith(root) && (name.Length == root.Length || name[root.Length] == '/');

    // Component by component behind what stands in the buffer already, which is canonical.
    private void Append(Tracee tracee, ReadOnlySpan<byte> path, int start, int floor, bool foreign, ResolvedPath result)
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
                length = Canonicalize(tracee, name, length, floor, foreign);
            }

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
    }

    /// <summary>Replaces a prefix by the name that the kernel has for it; leaves it when it does not exist, for then the call fails.</summary>
    private int Canonicalize(Tracee tracee, Span<byte> name, int length, int floor, bool foreign)
    {
        name[length] = 0;
        int fd;
        if (foreign)
        {
            int root = Files.Open(fcntl.AT_FDCWD, ProcPath.Of(tracee.Tid, "root"u8), fcntl.O_PATH);
            fd = root < 0 ? root : Files.OpenInRoot(root, name[floor..(length + 1)], 0);
            Files.Close(root);
        }
        else
        {
            fd = Files.Open(fcntl.AT_FDCWD, name[..(length + 1)], fcntl.O_PATH);
        }

        if (fd < 0)
        {
            return length;
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

    private static int Root(int tid, Span<byte> target)
    {
        int length = Files.ReadLink(ProcPath.Of(tid, "root"u8), target);
        return length <= 1 ? 0 : length;
    }

    private static ReadOnlySpan<byte> WithoutDeleted(ReadOnlySpan<byte> link) =>
        DescriptorNames.IsDeleted(link) ? link[..^" (deleted)".Length] : link;

    private static bool IsCanonical(ReadOnlySpan<byte> path) =>
        path[^1] != '/' && path.IndexOf("//"u8) < 0 && path.IndexOf("/."u8) < 0;

    private static bool IsOwn(ReadOnlySpan<byte> path) =>
        path.StartsWith("/proc/"u8)
        || (path.StartsWith("/dev/"u8) && (path.StartsWith("/dev/fd"u8) || path.StartsWith("/dev/std"u8)));

    /// <summary>Whether such a path is the same in the tracee's root: a chroot may have no /proc, and other processes another number.</summary>
    private static bool IsOwnIn(Tracee tracee, ReadOnlySpan<byte> path)
    {
        if (!tracee.HasForeignRoot)
        {
            return true;
        }

        if (TryProcess(path, out _, out _))
        {
            return false;
        }

        // The first two components: /proc/self, /dev/fd.
        int slash = path["/proc/"u8.Length..].IndexOf((byte)'/');
        byte[] name = [.. slash < 0 ? path : path[..("/proc/"u8.Length + slash)], 0];
        int root = Files.Open(fcntl.AT_FDCWD, ProcPath.Of(tracee.Tid, "root"u8), fcntl.O_PATH);
        int fd = root < 0 ? root : Files.OpenInRoot(root, name, SyscallAbi.Native.O_NOFOLLOW);
        Files.Close(root);
        Files.Close(fd);
        return fd >= 0;
    }

    /// <summary>Paths that mean something else in every process: /proc/self and what leads there.</summary>
    private bool Own(Tracee tracee, ReadOnlySpan<byte> path, ResolvedPath result)
    {
        // The buffer of a former resolution may be what path points to; its copies below come first.
        result.Reset(tracee.Tid);
        ReadOnlySpan<byte> rest;
        int pid = tracee.Tgid;
        int standard = path.SequenceEqual("/dev/stdin"u8) ? 0 : path.SequenceEqual("/dev/stdout"u8) ? 1 : path.SequenceEqual("/dev/stderr"u8) ? 2 : -1;
        if (standard >= 0)
        {
            return Descriptor(tracee.Tid, standard, result);
        }

        if (path.StartsWith("/dev/fd/"u8))
        {
            rest = path["/dev/"u8.Length..];
        }
        else if (path.StartsWith("/proc/self/"u8))
        {
            rest = path["/proc/self/"u8.Length..];
        }
        else if (path.StartsWith("/proc/thread-self/"u8))
        {
            rest = path["/proc/thread-self/"u8.Length..];
            pid = tracee.Tid;
        }
        else if (!TryProcess(path, out pid, out rest))
        {
            path.CopyTo(result.Buffer);
            result.Length = path.Length;
            if (path.SequenceEqual("/proc/self"u8))
            {
                result.LookUpAt(Combine(tracee.Tgid, []));
            }

            return true;
        }

        int slash = rest.IndexOf((byte)'/');
        ReadOnlySpan<byte> first = slash < 0 ? rest : rest[..slash];
        ReadOnlySpan<byte> beyond = slash < 0 ? [] : rest[(slash + 1)..];
        if (first.SequenceEqual("fd"u8) && !beyond.IsEmpty)
        {
            slash = beyond.IndexOf((byte)'/');
            ReadOnlySpan<byte> number = slash < 0 ? beyond : beyond[..slash];
            if (System.Buffers.Text.Utf8Parser.TryParse(number, out int fd, out int consumed) && consumed == number.Length)
            {
                return slash < 0
                    ? Descriptor(pid, fd, result)
                    : Through(tracee, ProcPath.Of(pid, "fd"u8, fd), beyond[(slash + 1)..], result);
            }
        }
        else if (first.SequenceEqual("cwd"u8) || first.SequenceEqual("root"u8) || first.SequenceEqual("exe"u8))
        {
            return Through(tracee, ProcPath.Of(pid, first), beyond, result);
        }

        path.CopyTo(result.Buffer);
        result.Length = path.Length;
        result.LookUpAt(Combine(pid, rest));
        return true;
    }

    // A magic link and what follows it.
    private bool Through(Tracee tracee, ReadOnlySpan<byte> link, ReadOnlySpan<byte> beyond, ResolvedPath result)
    {
        int length = Files.ReadLink(link, _link);
        if (length <= 0 || _link[0] != '/')
        {
            return false;
        }

        byte[] rest = beyond.ToArray();
        byte[] way = rest.Length == 0 ? link[..^1].ToArray() : [.. link[..^1], (byte)'/', .. rest];
        ReadOnlySpan<byte> known = WithoutDeleted(_link.AsSpan(0, length));
        known.CopyTo(result.Buffer);
        Append(tracee, rest, known.Length == 1 ? 0 : known.Length, 0, tracee.HasForeignRoot, result);

        // The link leads there even from another root, or to a file whose name is gone.
        result.LookUpAt(way);
        if (names.Hosts.IsForeign(tracee.Tid))
        {
            TakeHostName(tracee, result);
        }

        return true;
    }

    private static bool TryProcess(ReadOnlySpan<byte> path, out int pid, out ReadOnlySpan<byte> rest)
    {
        pid = 0;
        rest = default;
        if (!path.StartsWith("/proc/"u8) || !System.Buffers.Text.Utf8Parser.TryParse(path["/proc/"u8.Length..], out pid, out int digits))
        {
            return false;
        }

        rest = path[("/proc/"u8.Length + digits)..];
        if (rest.IsEmpty || rest[0] != '/')
        {
            return false;
        }

        rest = rest[1..];
        return true;
    }

    private static byte[] Combine(int pid, ReadOnlySpan<byte> rest) =>
        [.. System.Text.Encoding.UTF8.GetBytes(rest.IsEmpty ? $"/proc/{pid}" : $"/proc/{pid}/"), .. rest];
}
