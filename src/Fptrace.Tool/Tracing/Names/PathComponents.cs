using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Names;

/// <summary>What "..", slashes and the root directory make of a path, component by component.</summary>
/// <param name="names">The names of files in other mount namespaces.</param>
/// <param name="way">Takes over where ".." leaves a directory in /proc.</param>
/// <param name="passed">Called with each directory that the path leaves by "..", as the path names it: the resolved
/// name does not show that the path depends on it. Null when nobody asks.</param>
internal sealed class PathComponents(DescriptorNames names, WayIntoProc way, Action<Tracee, ByteString>? passed)
{
    public const int LongestPath = 4096;
    private readonly byte[] _link = new byte[LongestPath + 1];

    /// <summary>Appends a path to the directory in the buffer, component by component.</summary>
    /// <param name="tracee">The thread whose path it is.</param>
    /// <param name="path">The path to append.</param>
    /// <param name="start">The length of the directory, whose name has no links.</param>
    /// <param name="floor">The length of the root directory, above which ".." does not lead.</param>
    /// <param name="foreign">Whether the root directory is the tracee's and not ours.</param>
    /// <param name="unsure">A link in /proc to what is in the buffer, if that may be no directory; otherwise
    /// empty.</param>
    /// <param name="result">The path whose buffer is filled.</param>
    /// <returns>False when a ".." cannot be followed. The name then ends with what is missing or no directory, for
    /// which the call fails.</returns>
    public bool Append(Tracee tracee, ReadOnlySpan<byte> path, int start, int floor, bool foreign,
        ReadOnlySpan<byte> unsure, ResolvedPath result)
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
                if (!foreign && way.TryFollow(tracee, name[..length], path))
                {
                    return End(length, result);
                }

                ByteString left = passed is null ? default : new ByteString(name[..length]);
                int found = Canonicalize(tracee, name, length, floor, foreign);
                Tell(tracee, left, floor);
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

    private void Tell(Tracee tracee, ByteString directory, int floor)
    {
        if (passed is not null)
        {
            bool isForeign = names.Hosts.IsForeign(tracee.Tid);
            passed(tracee, isForeign && names.Hosts.OfPath(tracee.Tid, directory.Span, floor) is { IsEmpty: false } host
                ? host
                : directory);
        }
    }

    private static bool End(int length, ResolvedPath result)
    {
        result.Length = length;
        result.KeepTrailingSlash();
        return false;
    }

    private static bool IsDirectory(ReadOnlySpan<byte> link) =>
        FileStamps.Of(link, FinalLink.Follow, out Model.FileStamp stamp) == 0 && stamp.Type == Model.FileType.Directory;

    /// <summary>Replaces the name of a directory by the one that the kernel has for it, without links.</summary>
    /// <returns>The new length; negative when there is no such directory.</returns>
    private int Canonicalize(Tracee tracee, Span<byte> name, int length, int floor, bool foreign)
    {
        name[length] = 0;
        int fd;
        if (foreign)
        {
            int root = Files.Open(fcntl.AT_FDCWD, ProcPath.Of(tracee.Tid, "root"u8), fcntl.O_PATH);
            fd = root < 0
                ? root
                : Files.OpenInRoot(root, name[floor..(length + 1)], OpenFlags.OfThisMachine.O_DIRECTORY);
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

    /// <summary>Writes the name of a process's root directory to <paramref name="target"/>.</summary>
    /// <returns>Its length; 0 for "/".</returns>
    public static int Root(int tid, Span<byte> target)
    {
        int length = Files.ReadLink(ProcPath.Of(tid, "root"u8), target);
        return length <= 1 ? 0 : length;
    }

    /// <summary>The length of the root directory that a name is below; negative when it is not below it.</summary>
    public static int Floor(int tid, ReadOnlySpan<byte> name)
    {
        Span<byte> root = stackalloc byte[LongestPath];
        root = root[..Root(tid, root)];
        return root.IsEmpty || PathNesting.IsAtOrBelow(name, root)
            ? root.Length
            : -1;
    }

    public static bool IsCanonical(ReadOnlySpan<byte> path) =>
        path[^1] != '/' && path.IndexOf("//"u8) < 0 && path.IndexOf("/."u8) < 0;

    public static bool WantsDirectory(ReadOnlySpan<byte> path) => path[^1] == '/' || path.EndsWith("/."u8);
}
