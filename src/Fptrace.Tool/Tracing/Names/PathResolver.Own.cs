using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Names;

/// <summary>Paths that mean something else in every process: /proc/self, /dev/fd and what leads there.</summary>
internal sealed partial class PathResolver
{
    // A way into /proc that a path was found to take, on which it is to be resolved anew.
    private ByteString _beyond;

    /// <summary>Goes the way through /proc, as the tracee does, as long as links lead there.</summary>
    private bool LeaveOwn(Tracee tracee, ResolvedPath result)
    {
        for (int i = 0; i < OwnLinks.MostLinks; i++)
        {
            if (_beyond.IsEmpty && !tracee.HasForeignRoot && !result.Name.StartsWith("/proc/"u8) && !result.Name.StartsWith("/dev/"u8))
            {
                _beyond = names.OwnLinks.OfDirectory(result.Name, out ByteString link);
                if (!link.IsEmpty)
                {
                    Followed?.Invoke(tracee, link);
                }
            }

            if (_beyond.IsEmpty)
            {
                return true;
            }

            ByteString way = _beyond;
            _beyond = default;
            if (!Walk(tracee, fcntl.AT_FDCWD, way.Span, result))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>A directory that is left by ".." is in /proc: what follows is to be found from there.</summary>
    private bool TakeOwn(Tracee tracee, ReadOnlySpan<byte> directory, ReadOnlySpan<byte> rest)
    {
        // As it stands in /proc already, it must be one of the links there to be followed by the tracee alone.
        ReadOnlySpan<byte> within = [.. directory, (byte)'/'];
        if ((OwnLinks.IsOwn(within) && !LeadsThroughLink(within)) || names.OwnLinks.OfDirectory(within, out ByteString link) is not { IsEmpty: false } way)
        {
            return false;
        }

        Followed?.Invoke(tracee, link);
        _beyond = new ByteString([.. way.Span, .. "../"u8, .. rest]);
        return true;
    }

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
            path = path.StartsWith("task/"u8) && TryNumber(path["task/"u8.Length..], out _, out ReadOnlySpan<byte> ofThread) ? ofThread : path;
        }
        else
        {
            return false;
        }

        return path.StartsWith("cwd/"u8) || path.StartsWith("root/"u8) || (path.StartsWith("fd/"u8) && path.Length > 3 && char.IsAsciiDigit((char)path[3]));
    }

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
        int fd = root < 0 ? root : Files.OpenInRoot(root, name, OpenFlags.OfThisMachine.O_NOFOLLOW);
        Files.Close(root);
        Files.Close(fd);
        return fd >= 0;
    }

    /// <summary>Paths that mean something else in every process: /proc/self and what leads there.</summary>
    private bool Own(Tracee tracee, ReadOnlySpan<byte> path, ResolvedPath result)
    {
        bool isOfAny = TryProcess(path, out _, out _);
        bool found = FindOwn(tracee, path, result);
        if (isOfAny)
        {
            Faults.ForgetDenied();
        }

        return found;
    }

    private bool FindOwn(Tracee tracee, ReadOnlySpan<byte> path, ResolvedPath result)
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

        if (rest.StartsWith("task/"u8) && TryNumber(rest["task/"u8.Length..], out int thread, out ReadOnlySpan<byte> ofThread))
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

        if (DescriptorNames.IsMemoryFile(_link.AsSpan(0, length)))
        {
            ReadOnlySpan<byte> file = link[..^1].ToArray();
            result.Length = names.NameOfMemoryFile(link, result.Buffer);
            result.LookUpAt(file);
            return beyond.IsEmpty;
        }

        byte[] rest = beyond.ToArray();
        byte[] way = rest.Length == 0 ? link[..^1].ToArray() : [.. link[..^1], (byte)'/', .. rest];
        ReadOnlySpan<byte> known = WithoutDeleted(_link.AsSpan(0, length));
        bool isGone = known.Length != length;
        known.CopyTo(result.Buffer);
        int floor = tracee.HasForeignRoot ? Math.Max(Floor(tracee.Tid, known), 0) : 0;
        if (Append(tracee, rest, known.Length == 1 ? 0 : known.Length, floor, tracee.HasForeignRoot, link, result))
        {
            if (endsInSlash)
            {
                result.KeepTrailingSlash();
            }

            if (isGone || tracee.HasForeignRoot)
            {
                // The link leads there even from another root, or where the name is gone.
                result.LookUpAt(way);
            }
        }

        TakeHostName(tracee, floor, result);
        return true;
    }

    private static bool TryProcess(ReadOnlySpan<byte> path, out int pid, out ReadOnlySpan<byte> rest)
    {
        pid = 0;
        rest = default;
        return path.StartsWith("/proc/"u8) && TryNumber(path["/proc/"u8.Length..], out pid, out rest);
    }

    // A number, a slash, and the rest.
    private static bool TryNumber(ReadOnlySpan<byte> text, out int number, out ReadOnlySpan<byte> rest)
    {
        rest = default;
        if (!System.Buffers.Text.Utf8Parser.TryParse(text, out number, out int digits) || digits == text.Length || text[digits] != '/')
        {
            return false;
        }

        rest = text[(digits + 1)..];
        return true;
    }

    private static byte[] Combine(int pid, ReadOnlySpan<byte> rest) =>
        [.. System.Text.Encoding.UTF8.GetBytes(rest.IsEmpty ? $"/proc/{pid}" : $"/proc/{pid}/"), .. rest];
}
