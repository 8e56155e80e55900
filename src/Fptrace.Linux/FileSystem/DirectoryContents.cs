using Fptrace.Linux.Headers;

namespace Fptrace.Linux.FileSystem;

/// <summary>What is in a directory, removed with all that is below it and without following a link.</summary>
internal static class DirectoryContents
{
    private const int BufferSize = 1 << 15;

    /// <returns>0, or −errno of the first that could not be removed; the others are gone all the same.</returns>
    public static int Remove(ReadOnlySpan<byte> path) => Remove(OwnFiles.Open(path, OpenFlags.OfThisMachine.O_DIRECTORY));

    /// <summary>Whether it is a directory that holds nothing.</summary>
    public static bool IsEmpty(ReadOnlySpan<byte> path)
    {
        int directory = OwnFiles.Open(path, OpenFlags.OfThisMachine.O_DIRECTORY);
        if (directory < 0)
        {
            return false;
        }

        bool any = Names(directory).Count > 0;
        Files.Close(directory);
        return !any;
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
            int removed = OwnFiles.Remove(directory, name);
            if (removed is -errno.EISDIR or -errno.EPERM)
            {
                int below = Remove(OwnFiles.OpenAt(directory, name, OpenFlags.OfThisMachine.O_DIRECTORY | OpenFlags.OfThisMachine.O_NOFOLLOW));
                int emptied = OwnFiles.Remove(directory, name, isDirectory: true);

                // A file that may not be removed is no directory either.
                removed = emptied == -errno.ENOTDIR ? removed : emptied != 0 && below != 0 ? below : emptied;
            }

            result = result == 0 && removed != -errno.ENOENT ? removed : result;
        }

        Files.Close(directory);
        return result;
    }

    // All of them before the first is removed: what a directory lists while it changes is not defined.
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
