using System.Buffers.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Proc;

/// <summary>Reads directories of /proc in which names are numbers, such as descriptors and threads.</summary>
internal static class DirectoryNumbers
{
    private const int BufferSize = 1 << 12;

    /// <summary>
    /// Adds the numbers in ascending order to <paramref name="numbers"/>. Adds none if the directory cannot be read.
    /// </summary>
    public static void Read(ReadOnlySpan<byte> path, List<int> numbers)
    {
        int directory = Files.Open(fcntl.AT_FDCWD, path, 0);
        if (directory < 0)
        {
            return;
        }

        var walk = new DirectoryWalk(directory, stackalloc byte[BufferSize]);
        while (walk.MoveNext())
        {
            if (Utf8Parser.TryParse(walk.Name, out int number, out int digits) && digits == walk.Name.Length)
            {
                numbers.Add(number);
            }
        }

        Faults.Note(walk.Error);
        Files.Close(directory);
        numbers.Sort();
    }
}
