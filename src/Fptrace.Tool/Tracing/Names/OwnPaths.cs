using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Names;

/// <summary>Paths that mean other files in every process: /proc/self, /dev/fd and links that lead there.</summary>
internal sealed class OwnPaths(DescriptorNames names, PathComponents components)
{
    private readonly byte[] _link = new byte[PathComponents.LongestPath + 1];

    /// <summary>Whether such a path means the same in the tracee's root directory.</summary>
    /// <remarks>A chroot may have no /proc, and a process may have another id there.</remarks>
    public static bool IsOwnIn(Tracee tracee, ReadOnlySpan<byte> path)
    {
        if (!tracee.HasForeignRoot)
        {
            return true;
        }

        if (ProcNames.TryProcess(path, out _, out _))
        {
            return false;
        }

        // Take the first two components, such as /proc/self or /dev/fd.
        int slash = path["/proc/"u8.Length..].IndexOf((byte)'/');
        byte[] name = [.. slash < 0 ? path : path[..("/proc/"u8.Length + slash)], 0];
        int root = Files.Open(fcntl.AT_FDCWD, ProcPath.Of(tracee.Tid, "root"u8), fcntl.O_PATH);
        int fd = root < 0 ? root : Files.OpenInRoot(root, name, OpenFlags.OfThisMachine.O_NOFOLLOW);
        Files.Close(root);
        Files.Close(fd);
        return fd >= 0;
    }

    /// <summary>Finds the file of a descriptor.</summary>
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

    /// <summary>Resolves such a path, which is absolute.</summary>
    /// <remarks>
    /// If it names a process by its id, what /proc denies us it denies the tracee, too: no fault of ours.
    /// </remarks>
    public bool Resolve(Tracee tracee, ReadOnlySpan<byte> path, ResolvedPath result)
    {
        bool isOfAny = ProcNames.TryProcess(path, out _, out _);
        bool found = Find(tracee, path, result);
        if (isOfAny)
        {
            Faults.ForgetDenied();
        }

        return found;
    }

    private bool Find(Tracee tracee, ReadOnlySpan<byte> path, ResolvedPath result)
    {
        // The path may lie in the buffer that is about to be filled. Each branch reads what it needs before it writes
        // there.
        result.Reset(tracee.Tid);
        ReadOnlySpan<byte> rest;
        int pid = tracee.Tgid;
        int standard = path.SequenceEqual("/dev/stdin"u8) ? 0
            : path.SequenceEqual("/dev/stdout"u8) ? 1
            : path.SequenceEqual("/dev/stderr"u8) ? 2
            : -1;
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
        else if (!ProcNames.TryProcess(path, out pid, out rest))
        {
            path.CopyTo(result.Buffer);
            result.Length = path.Length;
            if (path.SequenceEqual("/proc/self"u8))
            {
                result.LookUpAt(ProcNames.Combine(tracee.Tgid, []));
            }

            return true;
        }

        if (ProcNames.TryThread(rest, out int thread, out ReadOnlySpan<byte> ofThread))
        {
            pid = thread;
            rest = ofThread;
        }

        int slash = rest.IndexOf((byte)'/');
        ReadOnlySpan<byte> first = slash < 0 ? rest : rest[..slash];
        ReadOnlySpan<byte> beyond = slash < 0 ? [] : rest[(slash + 1)..];
        if (first.SequenceEqual("fd"u8) && !beyond.IsEmpty)
        {
            slash = beyond.IndexOf((byte)'/');
            ReadOnlySpan<byte> number = slash < 0 ? beyond : beyond[..slash];
            if (System.Buffers.Text.Utf8Parser.TryParse(number, out int fd, out int consumed)
                && consumed == number.Length)
            {
                return slash < 0
                    ? Descriptor(pid, fd, result)
                    : Through(tracee, ProcPath.Of(pid, "fd"u8, fd), beyond[(slash + 1)..],
                        PathComponents.WantsDirectory(path), result);
            }
        }
        else if (first.SequenceEqual("cwd"u8) || first.SequenceEqual("root"u8) || first.SequenceEqual("exe"u8))
        {
            return Through(tracee, ProcPath.Of(pid, first), beyond, PathComponents.WantsDirectory(path), result);
        }

        path.CopyTo(result.Buffer);
        result.Length = path.Length;
        result.LookUpAt(ProcNames.Combine(pid, rest));
        return true;
    }

    // Resolves a link of /proc that leads to any file (a magic link), and what follows it.
    private bool Through(Tracee tracee, ReadOnlySpan<byte> link, ReadOnlySpan<byte> beyond, bool endsInSlash,
        ResolvedPath result)
    {
        int length = Files.ReadLink(link, _link);
        if (length <= 0 || _link[0] != '/')
        {
            return false;
        }

        if (DescriptorNames.IsMemoryFile(_link.AsSpan(0, length)))
        {
            ReadOnlySpan<byte> file = link[..^1].ToArray();
            result.Length = names.NameOfMemoryFile(link, result.Buffer);
            result.LookUpAt(file);
            return beyond.IsEmpty;
        }

        byte[] rest = beyond.ToArray();
        byte[] way = rest.Length == 0 ? link[..^1].ToArray() : [.. link[..^1], (byte)'/', .. rest];
        ReadOnlySpan<byte> known = DescriptorNames.WithoutDeleted(_link.AsSpan(0, length));
        bool isGone = known.Length != length;
        known.CopyTo(result.Buffer);
        int floor = tracee.HasForeignRoot ? Math.Max(PathComponents.Floor(tracee.Tid, known), 0) : 0;
        if (components.Append(tracee, rest, known.Length == 1 ? 0 : known.Length, floor, tracee.HasForeignRoot,
            link, result))
        {
            if (endsInSlash)
            {
                result.KeepTrailingSlash();
            }

            if (isGone || tracee.HasForeignRoot)
            {
                // The link leads to the file even from another root directory, or when its name is gone.
                result.LookUpAt(way);
            }
        }

        names.Hosts.Rename(tracee.Tid, floor, result);
        return true;
    }
}
