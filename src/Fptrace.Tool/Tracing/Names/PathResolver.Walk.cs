using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Names;

/// <summary>Component by component: what "..", slashes and the root directory make of a path.</summary>
internal sealed partial class PathResolver
{
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
                if (!foreign && TakeOwn(tracee, name[..length], path))
                {
                    return End(length, result);
                }

                ByteString passed = Passed is null ? default : new ByteString(name[..length]);
                int found = Canonicalize(tracee, name, length, floor, foreign);
                Tell(tracee, passed, floor);
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

    private void Tell(Tracee tracee, ByteString passed, int floor)
    {
        if (Passed is not null)
        {
            bool isForeign = names.Hosts.IsForeign(tracee.Tid);
            Passed(tracee, isForeign && names.Hosts.OfPath(tracee.Tid, passed.Span, floor) is { IsEmpty: false } host ? host : passed);
        }
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
            fd = root < 0 ? root : Files.OpenInRoot(root, name[floor..(length + 1)], OpenFlags.OfThisMachine.O_DIRECTORY);
            Files.Close(root);
        }
        else
        {
            fd = Files.Open(fcntl.AT_FDCWD, name[..(length + 1)], fcntl.O_PATH | OpenFlags.OfThisMachine.O_DIRECTORY);
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

    private static bool IsCanonical(ReadOnlySpan<byte> path) =>
        path[^1] != '/' && path.IndexOf("//"u8) < 0 && path.IndexOf("/."u8) < 0;

    private static bool WantsDirectory(ReadOnlySpan<byte> path) => path[^1] == '/' || path.EndsWith("/."u8);
}
