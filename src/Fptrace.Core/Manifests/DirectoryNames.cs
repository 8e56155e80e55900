using System.Buffers;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests;

/// <summary>Reads the names in a directory, as bytes.</summary>
internal static class DirectoryNames
{
    private const int BufferSize = 1 << 15;

    /// <param name="directory">The descriptor that the path is relative to, or AT_FDCWD.</param>
    /// <param name="path">Ends with a NUL.</param>
    /// <returns>The names, sorted by bytes, each with its type (<see cref="ListedName"/>). Null when the directory
    /// cannot be read.</returns>
    public static List<ByteString>? TryRead(int directory, ReadOnlySpan<byte> path)
    {
        int fd = FilesAt.OpenRead(directory, path, FinalLink.Follow);
        if (fd < 0)
        {
            return null;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var names = new List<ByteString>();
            var walk = new DirectoryWalk(fd, buffer);
            while (walk.MoveNext())
            {
                // d_type holds the type bits of a mode, shifted (DTTOIF). Some file systems leave it unknown
                // (getdents(2)).
                FileType type = walk.Type is var told and not dirent.DT_UNKNOWN
                    ? FileStamp.TypeOf((uint)told << 12)
                    : FileLook.At(fd, [.. walk.Name, 0], FinalLink.Keep).Type;
                names.Add(ListedName.Of(walk.Name, type));
            }

            names.Sort();
            return walk.Error < 0 ? null : names;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _ = libc.close(fd);
        }
    }

    /// <summary>The names alone, sorted by bytes; none when the directory cannot be listed.</summary>
    public static IReadOnlyList<ByteString> Of(int directory) =>
        [.. (TryRead(directory, ".\0"u8) ?? []).Select(name => new ByteString(ListedName.Bare(name.Span)))];
}
