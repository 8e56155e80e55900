using Fptrace.Linux.Headers;

namespace Fptrace.Linux.FileSystem;

/// <summary>Reads or removes the contents of a directory. Does not follow symbolic links.</summary>
internal static class DirectoryContents
{
    private const int BufferSize = 1 << 15;
    private const int SampleSize = 1 << 14;

    /// <summary>Removes everything below a directory, but not the directory itself.</summary>
    /// <returns>0, or −errno of the first entry that could not be removed. The others are removed
    /// nevertheless.</returns>
    public static int Remove(ReadOnlySpan<byte> path) => Remove(FilesAt.Open(fcntl.AT_FDCWD, path, fcntl.O_DIRECTORY));

    /// <summary>Whether a path is a directory without entries.</summary>
    public static bool IsEmpty(ReadOnlySpan<byte> path)
    {
        int directory = FilesAt.Open(fcntl.AT_FDCWD, path, fcntl.O_DIRECTORY);
        if (directory < 0)
        {
            return false;
        }

        bool any = Names(directory).Count > 0;
        Files.Close(directory);
        return !any;
    }

    /// <summary>One name in a directory; empty if there is none, or the directory cannot be read.</summary>
    /// <remarks>Prefers a directory, since the content of a file may change.</remarks>
    /// <param name="path">Ends with a NUL.</param>
    public static byte[] AnyName(ReadOnlySpan<byte> path)
    {
        int directory = Files.Open(fcntl.AT_FDCWD, path, fcntl.O_NONBLOCK);
        if (directory < 0)
        {
            return [];
        }

        byte[] found = [];
        var walk = new DirectoryWalk(directory, stackalloc byte[SampleSize]);
        while (walk.MoveNext())
        {
            bool isDirectory = walk.Type == dirent.DT_DIR;
            if (found.Length == 0 || isDirectory)
            {
                found = walk.Name.ToArray();
            }

            if (isDirectory || walk.IsAtEndOfBuffer)
            {
                break;
            }
        }

        Files.Close(directory);
        return found;
    }

    private static int Remove(int directory)
    {
        if (directory < 0)
        {
            return directory;
        }

        int result = 0;
        foreach (byte[] name in Names(directory))
        {
            int removed = FilesAt.Unlink(directory, name);
            if (removed is -errno.EISDIR or -errno.EPERM)
            {
                int below = Remove(FilesAt.Open(directory, name, fcntl.O_DIRECTORY | fcntl.O_NOFOLLOW));
                int emptied = FilesAt.RemoveDirectory(directory, name);

                // ENOTDIR: it is a file after all, which may not be removed.
                removed = emptied == -errno.ENOTDIR ? removed : emptied != 0 && below != 0 ? below : emptied;
            }

            result = result == 0 && removed != -errno.ENOENT ? removed : result;
        }

        Files.Close(directory);
        return result;
    }

    // List all names before the first is removed: POSIX leaves open what a directory lists while it changes
    // (readdir(3p)).
    private static List<byte[]> Names(int directory)
    {
        var names = new List<byte[]>();
        var walk = new DirectoryWalk(directory, new byte[BufferSize]);
        while (walk.MoveNext())
        {
            names.Add([.. walk.Name, 0]);
        }

        return names;
    }
}
