using Fptrace.Linux.Headers;

namespace Fptrace.Linux.FileSystem;

/// <summary>What is in any directory, to find out whether it is empty.</summary>
internal static class DirectoryNames
{
    private const int BufferSize = 1 << 14;
    private const byte DT_DIR = 4;

    /// <summary>A name in it, rather of a directory than of a file, whose content may change; empty when it has none, or cannot be read.</summary>
    /// <param name="path">Ends with a NUL.</param>
    public static byte[] AnyOf(ReadOnlySpan<byte> path)
    {
        int directory = Files.Open(fcntl.AT_FDCWD, path, fcntl.O_NONBLOCK);
        if (directory < 0)
        {
            return [];
        }

        byte[] found = [];
        var walk = new DirectoryWalk(directory, stackalloc byte[BufferSize]);
        while (walk.MoveNext())
        {
            bool isDirectory = walk.Type == DT_DIR;
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
}
