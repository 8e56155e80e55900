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

    /// <summary>Resolves a path for which <paramref name="at"/> is the root directory (RESOLVE_IN_ROOT of openat2(2)).</summary>
    /// <remarks>The name is right unless an absolute link is on the way: whoever opens it asks the descriptor.</remarks>
    public bool ResolveInRoot(Tracee tracee, int at, ulong address, ResolvedPath result)
    {
        result.Reset(tracee.Tid);
        int size = memory.ReadString(address, _raw);
        int length = Files.ReadLink(DirectoryLink(tracee.Tid, at), _link);
        if (size <= 0 || length <= 0 || _link[0] != '/')
        {
            return false;
        }

        ReadOnlySpan<byte> path = _raw.AsSpan(0, size);
        ReadOnlySpan<byte> root = WithoutDeleted(_link.AsSpan(0, length));
        root.CopyTo(result.Buffer);
        int start = root.Length == 1 ? 0 : root.Length;
        Append(tracee, path, start, start, default, result);
        result.LookUpInRoot(at, path);
        return true;
    }

    /// <summary>The file of a descriptor.</summary>
    public bool Descriptor(int tid, int fd, ResolvedPath result)
    {
        result.Reset(tid);
        ReadOnlySpan<byte> link = ProcPath.Of(tid, "fd"u8, fd);
        int length = Files.ReadLink(link, _link);
        if (length <= 0)
        {
            return false;
        }

        result.Length = names.NameOf(tid, fd, _link.AsSpan(0, length), result.Buffer, out bool isDeleted);
        result.IsDeleted = isDeleted;
        result.LookUpAt(link[..^1]);
        return true;
    }

    /// <summary>The working directory; empty when it cannot be told.</summary>
    public ReadOnlySpan<byte> WorkingDirectory(int tid)
    {
        int length = Files.ReadLink(ProcPath.Of(tid, "cwd"u8), _link);
        return length <= 0 ? [] : WithoutDeleted(_link.AsSpan(0, length));
    }

    private bool Resolve(Tracee tracee, int at, ReadOnlySpan<byte> path, ResolvedPath result)
    {
        result.Reset(tracee.Tid);
        bool absolute = path[0] == '/';
        if (absolute && !tracee.HasForeignRoot && (IsCanonical(path) || LeadsThroughLink(path)))
        {
            if (IsOwn(path))
            {
                return Own(tracee, path, result);
            }

            path.CopyTo(result.Buffer);
            result.Length = path.Length;
            return true;
        }

        int start = 0;
        int floor = 0;
        bool baseIsGone = false;
        ReadOnlySpan<byte> unsure = default;
        if (absolute)
        {
            if (tracee.HasForeignRoot)
            {
                start = floor = Root(tracee.Tid, result.Buffer);
            }
        }
        else
        {
            ReadOnlySpan<byte> directory = DirectoryLink(tracee.Tid, at);
            int length = Files.ReadLink(directory, _link);
            if (length <= 0 || _link[0] != '/')
            {
                return false;
            }

            ReadOnlySpan<byte> known = WithoutDeleted(_link.AsSpan(0, length));
            baseIsGone = known.Length != length;
            unsure = at == fcntl.AT_FDCWD ? default : directory;
            known.CopyTo(result.Buffer);
            start = known.Length == 1 ? 0 : known.Length;
        }

        if (!Append(tracee, path, start, floor, unsure, result))
        {
            if (tracee.HasForeignRoot)
            {
                result.LookUpInRoot(result.Name[floor..]);
            }

            return true;
        }

        if (WantsDirectory(path))
        {
            result.KeepTrailingSlash();
        }

        if (!tracee.HasForeignRoot && IsOwn(result.Name))
        {
            return Own(tracee, result.Name.ToArray(), result);
        }

        ChooseWay(tracee, at, path, absolute, floor, baseIsGone, result);
        return true;
    }

    private static void ChooseWay(Tracee tracee, int at, ReadOnlySpan<byte> path, bool absolute, int floor, bool baseIsGone, ResolvedPath result)
    {
        if (tracee.HasForeignRoot)
        {
            if (!absolute)
            {
                Span<byte> root = stackalloc byte[LongestPath];
                root = root[..Root(tracee.Tid, root)];
                floor = result.Name.StartsWith(root) ? root.Length : 0;
            }

            result.LookUpInRoot(result.Name[floor..]);
        }
        else if (!absolute && (baseIsGone || result.Length >= LongestPath - 1))
        {
            result.LookUpFrom(at, path);
        }
    }

    /// <summary>Component by component behind what stands in the buffer already, which is canonical.</summary>
    /// <param name="tracee">Whose path.</param>
    /// <param name="path">What is appended.</param>
    /// <param name="start">Length of what stands there.</param>
    /// <param name="floor">Length of the root directory, beyond which ".." does not lead.</param>
    /// <param name="unsure">The link in /proc to what stands there if it may be no directory.</param>
    /// <param name="result">Whose buffer it is.</param>
    /// <returns>false when a ".." cannot be followed: the name ends there, and what is missing or no directory makes the call fail.</returns>
    private bool Append(Tracee tracee, ReadOnlySpan<byte> path, int start, int floor, ReadOnlySpan<byte> unsure, ResolvedPath result)
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
                int found = Canonicalize(tracee, name, length, floor);
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
    private int Canonicalize(Tracee tracee, Span<byte> name, int length, int floor)
    {
        name[length] = 0;
        int fd;
        if (tracee.HasForeignRoot)
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

    private static ReadOnlySpan<byte> DirectoryLink(int tid, int at) =>
        at == fcntl.AT_FDCWD ? ProcPath.Of(tid, "cwd"u8) : ProcPath.Of(tid, "fd"u8, at);

    private static int Root(int tid, Span<byte> target)
    {
        int length = Files.ReadLink(ProcPath.Of(tid, "root"u8), target);
        return length <= 1 ? 0 : length;
    }

    private static ReadOnlySpan<byte> WithoutDeleted(ReadOnlySpan<byte> link) =>
        DescriptorNames.IsDeleted(link) ? link[..^" (deleted)".Length] : link;

    private static bool IsCanonical(ReadOnlySpan<byte> path) =>
        path[^1] != '/' && path.IndexOf("//"u8) < 0 && path.IndexOf("/."u8) < 0;

    private static bool WantsDirectory(ReadOnlySpan<byte> path) => path[^1] == '/' || path.EndsWith("/."u8);

    /// <summary>Goes on behind one of the links in /proc that we must not follow as ours, not even to find out what ".." means.</summary>
    private static bool LeadsThroughLink(ReadOnlySpan<byte> path)
    {
        if (path.StartsWith("/dev/fd/"u8))
        {
            path = path["/dev/"u8.Length..];
        }
        else if (path.StartsWith("/proc/"u8) && !path.StartsWith("/proc/."u8))
        {
            path = path["/proc/"u8.Length..];
            path = path[(path.IndexOf((byte)'/') + 1)..];
        }
        else
        {
            return false;
        }

        return path.StartsWith("cwd/"u8) || path.StartsWith("root/"u8) || (path.StartsWith("fd/"u8) && path.Length > 3 && char.IsAsciiDigit((char)path[3]));
    }

    private static bool IsOwn(ReadOnlySpan<byte> path) =>
        path.StartsWith("/proc/"u8)
        || (path.StartsWith("/dev/"u8) && (path.StartsWith("/dev/fd"u8) || path.StartsWith("/dev/std"u8)));

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
                    : Through(tracee, ProcPath.Of(pid, "fd"u8, fd), beyond[(slash + 1)..], WantsDirectory(path), result);
            }
        }
        else if (first.SequenceEqual("cwd"u8) || first.SequenceEqual("root"u8) || first.SequenceEqual("exe"u8))
        {
            return Through(tracee, ProcPath.Of(pid, first), beyond, WantsDirectory(path), result);
        }

        path.CopyTo(result.Buffer);
        result.Length = path.Length;
        result.LookUpAt(Combine(pid, rest));
        return true;
    }

    // A magic link and what follows it.
    private bool Through(Tracee tracee, ReadOnlySpan<byte> link, ReadOnlySpan<byte> beyond, bool endsInSlash, ResolvedPath result)
    {
        int length = Files.ReadLink(link, _link);
        if (length <= 0 || _link[0] != '/')
        {
            return false;
        }

        byte[] rest = beyond.ToArray();
        ReadOnlySpan<byte> known = WithoutDeleted(_link.AsSpan(0, length));
        bool isGone = known.Length != length;
        known.CopyTo(result.Buffer);
        if (Append(tracee, rest, known.Length == 1 ? 0 : known.Length, 0, link, result))
        {
            if (endsInSlash)
            {
                result.KeepTrailingSlash();
            }

            if (isGone)
            {
                result.LookUpAt([.. link[..^1], (byte)'/', .. rest]);
            }
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
