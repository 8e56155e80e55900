using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Descriptors;

/// <summary>Standard input, output and error of this process.</summary>
internal static class StandardDescriptors
{
    // An installed runtime has files of its own there before we are asked: nothing may be written into them.
    private static readonly bool[] s_closed = new bool[3];

    /// <summary>Whether a descriptor of ours stands where whoever started us had closed it.</summary>
    public static bool WasClosed(int fd) => fd is >= 0 and <= 2 && s_closed[fd];

    /// <summary>Opens /dev/null for each standard descriptor that is closed, so that no file of ours takes its number.
    /// The command does not get them.</summary>
    public static void Fill()
    {
        for (int fd = 0; fd <= 2; fd++)
        {
            int flags = DescriptorFlags.OfNumber(fd);
            s_closed[fd] = flags != 0;
            if (flags < 0)
            {
                _ = Files.Open(fcntl.AT_FDCWD, "/dev/null\0"u8, fcntl.O_RDWR);
            }
        }
    }
}
