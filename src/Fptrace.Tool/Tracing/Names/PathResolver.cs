using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Names;

/// <summary>Makes a tracee's path absolute as the kernel would: the working directory, descriptors and root are asked for, not tracked.</summary>
/// <remarks>
/// Symbolic links stay in the name, which is how the command knows the file; only ".." after one is resolved, because it leads to
/// the parent of the link's target. One for each supervising thread. Partials stand by concern.
/// </remarks>
internal sealed partial class PathResolver(TraceeMemory memory, DescriptorNames names)
{
    private const int LongestPath = 4096;
    private readonly byte[] _raw = new byte[LongestPath];
    private readonly byte[] _link = new byte[LongestPath + 1];

    /// <summary>Told of each directory that ".." leads out of, or should, as the path has it: the name that comes of it shows it no more. Null when nobody asks.</summary>
    public Action<Tracee, ByteString>? Passed { get; set; }

    /// <summary>Told of each link into /proc that was taken for what it leads to, as above.</summary>
    public Action<Tracee, ByteString>? Followed { get; set; }

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
        _beyond = default;
        return Walk(tracee, at, path, result) && LeaveOwn(tracee, result);
    }

    /// <summary>Follows a link at the end of what was resolved if it leads into /proc, where it must be followed as the tracee.</summary>
    /// <returns>Whether it was one: what is resolved now is what it leads to.</returns>
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
            // The root itself has no name there.
            result.LookUpInRoot(result.Length == floor ? "."u8 : result.Name[floor..]);
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

    private static ReadOnlySpan<byte> WithoutDeleted(ReadOnlySpan<byte> link) =>
        DescriptorNames.IsDeleted(link) ? link[..^" (deleted)".Length] : link;
}
