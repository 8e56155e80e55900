using System.Globalization;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Manifests.Recording;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Commands.Run.Streams;

/// <summary>
/// The files, besides the standard streams, that the tool inherited open and that the command inherits.
/// </summary>
/// <remarks>
/// No path shows what the command reads and writes through them. In a loop after <c>exec 3&lt; list</c>, each command
/// inherits the list, and most leave it alone. So a run counts if it leaves the offset and the file as they were. A
/// command that reads at the end of a file learns that nothing follows, without moving the offset. So such a file is an
/// input.
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

    /// <summary>Called when the run is over: why it does not count, or null.</summary>
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
