using System.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Commands.Run.Streams;

/// <summary>What our own descriptors 0 to 2 lead to.</summary>
internal static class StandardFiles
{
    /// <summary>Whether stdout and stderr are one: what is printed to either stands in one order.</summary>
    public static bool AreOne()
    {
        FileStamps.Of(1, "\0"u8, fcntl.AT_EMPTY_PATH, out FileStamp output);
        FileStamps.Of(2, "\0"u8, fcntl.AT_EMPTY_PATH, out FileStamp error);
        if (output.Inode != error.Inode || output.Device != error.Device || output.Type != error.Type)
        {
            return false;
        }

        // A file that was opened twice has two offsets, which do not matter where each write goes to its end.
        return output.Type != FileType.Regular
            || Descriptions.AreOne(1, 2) == true
            || (DescriptorFlags.OfFile(1) & DescriptorFlags.OfFile(2) & fcntl.O_APPEND) != 0;
    }

    /// <summary>Whether whoever started us gave us this. What closes on exec is our own: a descriptor that was closed,
    /// or a file of the runtime's.</summary>
    public static bool IsInherited(int fd) => DescriptorFlags.OfNumber(fd) == 0;

    /// <summary>Why a run whose stdout or stderr is closed never counts, nor is skipped: what it prints fails, or gets
    /// into what it opens. Null when both are open.</summary>
    public static string? Closed() =>
        IsInherited(1) && IsInherited(2)
            ? null
            : $"its {HandedStream.NameOf(IsInherited(1) ? 2 : 1)} is closed, so nobody knows what became of what it "
                + "printed; redirect it to /dev/null";

    /// <summary>Whether it is /dev/null.</summary>
    public static bool IsNothing(int fd)
    {
        Files.Stat(fd, "\0"u8, fcntl.AT_EMPTY_PATH, out statx found);
        return FileStamp.TypeOf(found.stx_mode) == FileType.CharacterDevice && found.stx_rdev_major == 1
            && found.stx_rdev_minor == 3;
    }

    /// <summary>The path of an open file, if one leads to it: without symbolic links, as the kernel has it.</summary>
    /// <param name="stamp">Of the open file.</param>
    public static ByteString PathOf(int fd, in FileStamp stamp)
    {
        byte[] link = new byte[4097];
        int length = Files.ReadLink(Encoding.ASCII.GetBytes($"/proc/self/fd/{fd}\0"), link.AsSpan(0, 4096));
        if (length <= 0 || link[0] != (byte)'/')
        {
            return default;
        }

        // Of a file that was deleted it tells a name that is another's, or nobody's.
        FileStamps.Of(link.AsSpan(0, length + 1), FinalLink.Keep, out FileStamp there);
        return there.Inode == stamp.Inode && there.Device == stamp.Device
            ? new ByteString(link.AsSpan(0, length))
            : default;
    }
}
