using System.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Commands.Run.Streams;

/// <summary>What the tool's own descriptors 0 to 2 are.</summary>
internal static class StandardFiles
{
    /// <summary>
    /// Whether stdout and stderr are one file, so that what is printed to either stands in one order.
    /// </summary>
    public static bool AreOne()
    {
        FileStamps.Of(1, "\0"u8, fcntl.AT_EMPTY_PATH, out FileStamp output);
        FileStamps.Of(2, "\0"u8, fcntl.AT_EMPTY_PATH, out FileStamp error);
        if (output.Inode != error.Inode || output.Device != error.Device || output.Type != error.Type)
        {
            return false;
        }

        // A file that was opened twice has two offsets. They do not matter if each write goes to the end of the file.
        return output.Type != FileType.Regular
            || Descriptions.AreOne(1, 2) == true
            || (DescriptorFlags.OfFile(1) & DescriptorFlags.OfFile(2) & fcntl.O_APPEND) != 0;
    }

    /// <summary>Whether the tool inherited the descriptor.</summary>
    /// <remarks>
    /// A descriptor that closes on exec is the tool's own: it stands in for one that was closed, or the runtime opened
    /// it.
    /// </remarks>
    public static bool IsInherited(int fd) => DescriptorFlags.OfNumber(fd) == 0;

    /// <summary>
    /// Why a run with stdout or stderr closed neither counts nor is skipped; null when both are open.
    /// </summary>
    /// <remarks>
    /// What the command prints either fails, or gets into a file that the command opens under that number.
    /// </remarks>
    public static string? Closed() =>
        IsInherited(1) && IsInherited(2)
            ? null
            : $"its {HandedStream.NameOf(IsInherited(1) ? 2 : 1)} is closed, so nobody knows what became of what it "
                + "printed; redirect it to /dev/null";

    /// <summary>Whether the descriptor is /dev/null.</summary>
    public static bool IsNothing(int fd)
    {
        Files.Stat(fd, "\0"u8, fcntl.AT_EMPTY_PATH, out statx found);
        return FileStamp.TypeOf(found.stx_mode) == FileType.CharacterDevice && found.stx_rdev_major == 1
            && found.stx_rdev_minor == 3;
    }

    /// <summary>
    /// The path of an open file as the kernel tells it, without symbolic links; empty when none leads to it.
    /// </summary>
    /// <param name="fd">The descriptor.</param>
    /// <param name="stamp">The stamp of the open file.</param>
    public static ByteString PathOf(int fd, in FileStamp stamp)
    {
        byte[] link = new byte[4097];
        int length = Files.ReadLink(Encoding.ASCII.GetBytes($"/proc/self/fd/{fd}\0"), link.AsSpan(0, 4096));
        if (length <= 0 || link[0] != (byte)'/')
        {
            return default;
        }

        // For a deleted file the kernel tells its old name, which may be another file's now.
        FileStamps.Of(link.AsSpan(0, length + 1), FinalLink.Keep, out FileStamp there);
        return there.Inode == stamp.Inode && there.Device == stamp.Device
            ? new ByteString(link.AsSpan(0, length))
            : default;
    }
}
