using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Names;

/// <summary>Makes a tracee's path absolute as the kernel would.</summary>
/// <remarks>
/// Symbolic links stay in the name, because that is how the command knows the file. Only a ".." behind a link is
/// resolved, because it leads to the parent of the link's target. Each supervising thread has its own.
/// </remarks>
internal sealed class PathResolver
{
    private readonly byte[] _raw = new byte[PathComponents.LongestPath];
    private readonly byte[] _link = new byte[PathComponents.LongestPath + 1];
    private int _given;
    private readonly TraceeMemory _memory;
    private readonly DescriptorNames _names;
    private readonly WayIntoProc _way;
    private readonly PathComponents _components;
    private readonly OwnPaths _own;

    /// <param name="memory">The memory of the tracee whose call is handled.</param>
    /// <param name="names">The names of descriptors.</param>
    /// <param name="passed">See <see cref="PathComponents"/>.</param>
    /// <param name="followed">See <see cref="WayIntoProc"/>.</param>
    public PathResolver(
        TraceeMemory memory, DescriptorNames names, Action<Tracee, ByteString>? passed,
        Action<Tracee, ByteString>? followed)
    {
        _memory = memory;
        _names = names;
        _way = new WayIntoProc(_names.OwnLinks, followed);
        _components = new PathComponents(names, _way, passed);
        _own = new OwnPaths(names, _components);
    }

    /// <summary>The path that <see cref="Resolve(Tracee, int, ulong, int, ResolvedPath)"/> has read last.</summary>
    public ReadOnlySpan<byte> Given => _raw.AsSpan(0, Math.Max(_given, 0));

    /// <summary>Whether that was an empty one, which is another thing than none.</summary>
    public bool IsGivenEmpty => _given == 0;

    /// <summary>Whether the path that was resolved last means the same for every process with our root directory: it is
    /// absolute, and does not lead through /proc.</summary>
    public bool IsForEverybody { get; private set; }

    /// <summary>Reads the path at <paramref name="address"/> and resolves it.</summary>
    /// <param name="tracee">The caller, which stands still.</param>
    /// <param name="at">The descriptor that the path is relative to, or AT_FDCWD.</param>
    /// <param name="address">The path's address in the tracee's memory.</param>
    /// <param name="flags">With AT_EMPTY_PATH, a null or empty path means the file of the descriptor itself.</param>
    /// <param name="result">Filled.</param>
    /// <returns>False when the call will fail: bad address, name too long, no such descriptor.</returns>
    public bool Resolve(Tracee tracee, int at, ulong address, int flags, ResolvedPath result)
    {
        int length = address == 0 ? 0 : _memory.ReadString(address, _raw);
        _given = address == 0 ? -1 : length;
        if (length > 0)
        {
            return Resolve(tracee, at, _raw.AsSpan(0, length), result);
        }

        return length == 0 && (flags & fcntl.AT_EMPTY_PATH) != 0 && at != fcntl.AT_FDCWD
            && Descriptor(tracee.Tid, at, result);
    }

    /// <summary>Resolves a path for which <paramref name="at"/> is the root directory (RESOLVE_IN_ROOT of
    /// openat2(2)).</summary>
    /// <remarks>
    /// An absolute link on the way makes the name wrong, so after an open the new descriptor tells it.
    /// </remarks>
    public bool ResolveInRoot(Tracee tracee, int at, ulong address, ResolvedPath result)
    {
        int length = _memory.ReadString(address, _raw);
        result.Reset(tracee.Tid);
        int root = length <= 0 ? 0 : Files.ReadLink(Directory(tracee.Tid, at), _link);
        if (root <= 0 || _link[0] != '/')
        {
            return false;
        }

        ReadOnlySpan<byte> known = DescriptorNames.WithoutDeleted(_link.AsSpan(0, root));
        known.CopyTo(result.Buffer);
        int floor = known.Length == 1 ? 0 : known.Length;
        _components.Append(tracee, _raw.AsSpan(0, length), floor, floor, foreign: false, default, result);
        result.LookUpInRoot(at, _raw.AsSpan(0, length));
        return true;
    }

    /// <inheritdoc cref="OwnPaths.Descriptor"/>
    public bool Descriptor(int tid, int fd, ResolvedPath result) => _own.Descriptor(tid, fd, result);

    /// <summary>The working directory of a thread; empty when it cannot be found out.</summary>
    public ReadOnlySpan<byte> WorkingDirectory(int tid)
    {
        if (_names.Hosts.IsForeign(tid)
            && _names.Hosts.OfLink(tid, ProcPath.Of(tid, "cwd"u8)) is { IsEmpty: false } host)
        {
            return host.Span.ToArray();
        }

        int length = Files.ReadLink(ProcPath.Of(tid, "cwd"u8), _link);
        return length <= 0 ? [] : DescriptorNames.WithoutDeleted(_link.AsSpan(0, length));
    }

    /// <summary>Resolves a path that is not in the tracee's memory. It must not be empty.</summary>
    public bool Resolve(Tracee tracee, int at, ReadOnlySpan<byte> path, ResolvedPath result)
    {
        _way.Forget();
        IsForEverybody = path[0] == '/';
        return Walk(tracee, at, path, result) && LeaveOwn(tracee, result);
    }

    /// <summary>Follows a link at the end of a resolved path, if it leads into /proc.</summary>
    /// <remarks>Our own lookup would follow it to our files there, and not to the tracee's.</remarks>
    /// <returns>Whether there was such a link. Then <paramref name="result"/> is its target.</returns>
    public bool FollowEnd(Tracee tracee, ResolvedPath result)
    {
        // Most paths end in no link. The lookup that shows this also tells what the caller asks next.
        if (tracee.HasForeignRoot || OwnLinks.IsOwn(result.Name)
            || (!tracee.HasOwnCredentials && !_names.OwnLinks.MayHoldOwn(result.Name) && result.IsNoLink())
            || _names.OwnLinks.OfEnd(result.Name) is not { IsEmpty: false } way)
        {
            return false;
        }

        _way.Follow(tracee, new ByteString(result.Name), way);
        LeaveOwn(tracee, result);
        return true;
    }

    private bool Walk(Tracee tracee, int at, ReadOnlySpan<byte> path, ResolvedPath result)
    {
        result.Reset(tracee.Tid);
        bool absolute = path[0] == '/';
        if (absolute && (PathComponents.IsCanonical(path) || ProcNames.LeadsThroughLink(path)))
        {
            if (OwnLinks.IsOwn(path) && OwnPaths.IsOwnIn(tracee, path))
            {
                IsForEverybody = false;
                return _own.Resolve(tracee, path, result);
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

            ReadOnlySpan<byte> known = DescriptorNames.WithoutDeleted(_link.AsSpan(0, length));
            byName = known.Length == length;
            unsure = at != fcntl.AT_FDCWD && path.StartsWith(".."u8) ? Directory(tracee.Tid, at).ToArray() : default;
            known.CopyTo(result.Buffer);
            start = known.Length == 1 ? 0 : known.Length;
            foreign = foreign
                && !(_names.Hosts.IsForeign(tracee.Tid) && _names.Hosts.IsOurs(Directory(tracee.Tid, at)));
            if (foreign && (floor = PathComponents.Floor(tracee.Tid, known)) < 0)
            {
                // The directory is outside of the root directory. chroot(2) does not change the working directory.
                floor = 0;
                byName = foreign = false;
            }
        }
        else if (foreign)
        {
            start = floor = PathComponents.Root(tracee.Tid, result.Buffer);
        }

        bool whole = _components.Append(tracee, path, start, floor, foreign, unsure, result);
        if (whole)
        {
            if (PathComponents.WantsDirectory(path))
            {
                result.KeepTrailingSlash();
            }

            if (OwnLinks.IsOwn(result.Name) && (!foreign || OwnPaths.IsOwnIn(tracee, result.Name)))
            {
                IsForEverybody = false;
                return _own.Resolve(tracee, result.Name.ToArray(), result);
            }
        }

        if (whole && !absolute && (!byName || result.Length >= PathComponents.LongestPath - 1))
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
            _names.Hosts.Rename(tracee.Tid, floor, result);
        }

        return true;
    }

    /// <summary>Goes on in /proc as the tracee would, as long as links lead there.</summary>
    private bool LeaveOwn(Tracee tracee, ResolvedPath result)
    {
        for (int i = 0; i < OwnLinks.MostLinks; i++)
        {
            _way.Find(tracee, result.Name);
            ByteString way = _way.Take();
            if (way.IsEmpty)
            {
                return true;
            }

            IsForEverybody = false;
            if (!Walk(tracee, fcntl.AT_FDCWD, way.Span, result))
            {
                return false;
            }
        }

        return false;
    }

    private static ReadOnlySpan<byte> Directory(int tid, int at) =>
        at == fcntl.AT_FDCWD ? ProcPath.Of(tid, "cwd"u8) : ProcPath.Of(tid, "fd"u8, at);
}
