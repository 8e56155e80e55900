using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Names;

/// <summary>Makes a tracee's path absolute as the kernel would.</summary>
/// <remarks>
/// It asks the kernel for the working directory, descriptors and root directory, and tracks none of them. Symbolic
/// links stay in the name, because that is how the command knows the file. Only a ".." behind a link is resolved,
/// because it leads to the parent of the link's target. Each supervising thread has its own. There is one partial file
/// for each concern.
/// </remarks>
internal sealed partial class PathResolver(TraceeMemory memory, DescriptorNames names)
{
    private const int LongestPath = 4096;
    private readonly byte[] _raw = new byte[LongestPath];
    private readonly byte[] _link = new byte[LongestPath + 1];

    /// <summary>
    /// Called with each directory that the path leaves by "..", as the path names it; null when nobody asks.
    /// </summary>
    /// <remarks>The resolved name does not show that the path depends on the directory.</remarks>
    public Action<Tracee, ByteString>? Passed { get; set; }

    /// <summary>Called with each link into /proc that was replaced by its target; null when nobody asks.</summary>
    public Action<Tracee, ByteString>? Followed { get; set; }

    /// <summary>Reads the path at <paramref name="address"/> and resolves it.</summary>
    /// <param name="tracee">The caller, which stands still.</param>
    /// <param name="at">The descriptor that the path is relative to, or AT_FDCWD.</param>
    /// <param name="address">The path's address in the tracee's memory.</param>
    /// <param name="orDescriptor">A null or empty path means the file of the descriptor itself.</param>
    /// <param name="result">Filled.</param>
    /// <returns>False when the call will fail: bad address, name too long, no such descriptor.</returns>
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
    /// <remarks>
    /// An absolute link on the way makes the name wrong, so after an open the new descriptor tells it.
    /// </remarks>
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

    /// <summary>The working directory of a thread; empty when it cannot be found out.</summary>
    public ReadOnlySpan<byte> WorkingDirectory(int tid)
    {
        if (names.Hosts.IsForeign(tid) && names.Hosts.OfLink(tid, ProcPath.Of(tid, "cwd"u8)) is { IsEmpty: false } host)
        {
            return host.Span.ToArray();
        }

        int length = Files.ReadLink(ProcPath.Of(tid, "cwd"u8), _link);
        return length <= 0 ? [] : WithoutDeleted(_link.AsSpan(0, length));
    }

    /// <summary>Resolves a path that is not in the tracee's memory. It must not be empty.</summary>
    public bool Resolve(Tracee tracee, int at, ReadOnlySpan<byte> path, ResolvedPath result)
    {
        _beyond = default;
        return Walk(tracee, at, path, result) && LeaveOwn(tracee, result);
    }

    /// <summary>Follows a link at the end of a resolved path, if it leads into /proc.</summary>
    /// <remarks>Our own lookup would follow it to our files there, and not to the tracee's.</remarks>
    /// <returns>Whether there was such a link. Then <paramref name="result"/> is its target.</returns>
    public bool FollowEnd(Tracee tracee, ResolvedPath result)
    {
        if (tracee.HasForeignRoot || OwnLinks.IsOwn(result.Name) || names.OwnLinks.OfEnd(result.Name) is not { IsEmpty: false } way)
        {
            return false;
        }

        Followed?.Invoke(tracee, new ByteString(result.Name));
        _beyond = way;
        LeaveOwn(tracee, result);
        return true;
    }

    private bool Walk(Tracee tracee, int at, ReadOnlySpan<byte> path, ResolvedPath result)
    {
        result.Reset(tracee.Tid);
        bool absolute = path[0] == '/';
        if (absolute && (IsCanonical(path) || LeadsThroughLink(path)))
        {
            if (OwnLinks.IsOwn(path) && IsOwnIn(tracee, path))
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
                // The directory is outside of the root directory. chroot(2) does not change the working directory.
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

            if (OwnLinks.IsOwn(result.Name) && (!foreign || IsOwnIn(tracee, result.Name)))
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
            // The path is looked up from the root directory, which itself is "." there.
            result.LookUpInRoot(result.Length == floor ? "."u8 : result.Name[floor..]);
        }

        if (foreign)
        {
            TakeHostName(tracee, floor, result);
        }

        return true;
    }

    private static ReadOnlySpan<byte> Directory(int tid, int at) => at == fcntl.AT_FDCWD ? ProcPath.Of(tid, "cwd"u8) : ProcPath.Of(tid, "fd"u8, at);

    // Changes the name only. The file is still looked up through the tracee's root directory.
    private void TakeHostName(Tracee tracee, int floor, ResolvedPath result)
    {
        if (names.Hosts.IsForeign(tracee.Tid) && names.Hosts.OfPath(tracee.Tid, result.Name, floor) is { IsEmpty: false } host)
        {
            host.Span.CopyTo(result.Buffer);
            result.Length = host.Span.Length;
        }
    }

    private static ReadOnlySpan<byte> WithoutDeleted(ReadOnlySpan<byte> link) =>
        DescriptorNames.IsDeleted(link) ? link[..^" (deleted)".Length] : link;
}
