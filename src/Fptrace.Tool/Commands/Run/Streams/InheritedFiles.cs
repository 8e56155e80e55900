using System.Globalization;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Manifests.Recording;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Commands.Run.Streams;

/// <summary>Files beside the standard streams that were open already, and that the command gets: what it reads and
/// writes through these no path tells.</summary>
/// <remarks>
/// <c>exec 3&lt; list</c> before a loop hands the list to each command in it, and most leave it alone. So a run counts
/// that has left the offset and the file as they were. Whoever reads at the end of a file learns that nothing more
/// comes: that file is an input.
/// </remarks>
internal sealed class InheritedFiles
{
    private readonly List<(int Fd, FileStamp Stamp, long Offset)> _files = [];

    public InheritedFiles(ManifestRecorder recorder)
    {
        var numbers = new List<int>();
        DirectoryNumbers.Read("/proc/self/fd\0"u8, numbers);
        foreach (int fd in numbers)
        {
            if (fd > 2 && StandardFiles.IsInherited(fd)
                && FileStamps.Of(fd, "\0"u8, fcntl.AT_EMPTY_PATH, out FileStamp stamp) == 0
                && stamp.Type == FileType.Regular)
            {
                long offset = Descriptions.Seek(fd, 0, fcntl.SEEK_CUR);
                _files.Add((fd, stamp, offset));
                if (offset >= stamp.Size && (DescriptorFlags.OfFile(fd) & fcntl.O_ACCMODE) == 0
                    && StandardFiles.PathOf(fd, stamp) is { IsEmpty: false } path)
                {
                    recorder.Handed(path);
                }
            }
        }
    }

    /// <summary>Why the run does not count, now that it is over; null if none of the files gives a reason.</summary>
    public string? End()
    {
        foreach ((int fd, FileStamp stamp, long offset) in _files)
        {
            FileStamps.Of(fd, "\0"u8, fcntl.AT_EMPTY_PATH, out FileStamp now);
            if (Descriptions.Seek(fd, 0, fcntl.SEEK_CUR) != offset || now.Size != stamp.Size
                || now.ModifiedNs != stamp.ModifiedNs)
            {
                return string.Create(CultureInfo.InvariantCulture,
                    $"a file that was open before it started was read on or changed (descriptor {fd}); close it for "
                    + $"the command: {fd}<&-");
            }
        }

        return null;
    }
}
