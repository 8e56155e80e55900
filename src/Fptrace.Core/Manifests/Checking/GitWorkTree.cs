using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests.Checking;

/// <summary>
/// Finds the working tree of an index: beside <c>.git</c>, of a linked working tree, or as configured, as for
/// submodules.
/// </summary>
/// <remarks>
/// GIT_WORK_TREE is not known here. If a step uses it, none of its files is found to be in the index.
/// </remarks>
internal static class GitWorkTree
{
    /// <param name="index">The absolute path of the index.</param>
    /// <returns>An absolute path; null if it is not known.</returns>
    public static ByteString? Of(ByteString index)
    {
        ReadOnlySpan<byte> directory = index.Span[..Math.Max(index.Span.LastIndexOf((byte)'/'), 0)];
        if (Read(directory, "gitdir"u8) is { } link)
        {
            ReadOnlySpan<byte> path = link.AsSpan().TrimEnd("\n"u8);
            return path.EndsWith("/.git"u8) && path[0] == (byte)'/' ? new ByteString(path[..^"/.git"u8.Length]) : null;
        }

        ReadOnlySpan<byte> rest = Read(directory, "config"u8);
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = (end < 0 ? rest : rest[..end]).Trim(" \t"u8);
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (line.StartsWith("worktree"u8))
            {
                return Join(directory, line["worktree"u8.Length..].TrimStart(" \t="u8));
            }
        }

        return directory.EndsWith("/.git"u8) ? new ByteString(directory[..^"/.git"u8.Length]) : null;
    }

    private static byte[]? Read(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> name)
    {
        int fd = FilesAt.OpenRead(fcntl.AT_FDCWD, [.. directory, (byte)'/', .. name, 0], FinalLink.Follow);
        if (fd < 0)
        {
            return null;
        }

        using var closing = new ClosedAtEnd(fd);
        return FileLook.Of(fd).Type == FileType.Regular && GitIndex.TryRead(fd, out byte[] text) ? text : null;
    }

    private static ByteString? Join(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty || path.IndexOfAny("\"\\#;"u8) >= 0)
        {
            return null;
        }

        var whole = new List<byte>(path[0] == (byte)'/' ? [] : directory.ToArray());
        while (!path.IsEmpty)
        {
            int slash = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = slash < 0 ? path : path[..slash];
            path = slash < 0 ? [] : path[(slash + 1)..];
            if (name is [(byte)'.', (byte)'.'])
            {
                int last = whole.LastIndexOf((byte)'/');
                whole.RemoveRange(Math.Max(last, 0), whole.Count - Math.Max(last, 0));
            }
            else if (name is not [] and not [(byte)'.'])
            {
                whole.Add((byte)'/');
                whole.AddRange(name);
            }
        }

        return whole.Count > 0 ? new ByteString(CollectionsMarshal.AsSpan(whole)) : null;
    }
}
