using System.Runtime.InteropServices;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Proc;

namespace Fptrace.Commands.Run.Streams;

/// <summary>
/// A stdout or stderr that the command gets itself: a file, or a device whose text nobody can read back.
/// </summary>
/// <remarks>
/// Through a pipe the command would not see that the disk is full, nor that it reads the file to which it writes. What
/// the command printed is read from the file afterwards. That is sound if the file has grown by exactly what the
/// command's own calls have written, as <see cref="PrintWatch"/> counts it.
/// </remarks>
internal sealed class HandedStream
{
    private readonly int _fd;
    private readonly int _flags;
    private readonly FileStamp _stamp;
    private long _offset;
    private long _size;
    private long _endOffset;
    private long _endSize;

    private HandedStream(int fd, int flags, in FileStamp stamp, ByteString path)
    {
        (_fd, _flags, _stamp, Path) = (fd, flags, stamp, path);
        IsDevice = stamp.Type != FileType.Regular || LooksMadeUp(path.Span);
    }

    /// <summary>What messages call the stream.</summary>
    public string Name => NameOf(_fd);

    /// <summary>The path of the file; empty when it has none.</summary>
    public ByteString Path { get; }

    public bool IsDevice { get; }

    /// <summary>Whether the command can read the file through this descriptor.</summary>
    public bool CanBeRead => (_flags & fcntl.O_ACCMODE) == fcntl.O_RDWR;

    /// <summary>Whether each write goes to the end of the file.</summary>
    public bool Appends => (_flags & fcntl.O_APPEND) != 0;

    public static string NameOf(int fd) => fd == 2 ? "stderr" : "stdout";

    /// <param name="fd">1 or 2.</param>
    /// <returns>
    /// null for a pipe, a socket, a terminal and /dev/null. The tool passes on what the command writes to those.
    /// </returns>
    public static HandedStream? Find(int fd)
    {
        FileStamps.Of(fd, "\0"u8, fcntl.AT_EMPTY_PATH, out FileStamp stamp);
        bool isHanded = StandardFiles.IsInherited(fd) && stamp.Type switch
        {
            // An eventfd and the like have no offset.
            FileType.Regular => Descriptions.Seek(fd, 0, fcntl.SEEK_CUR) >= 0,
            FileType.CharacterDevice => !StandardFiles.IsNothing(fd) && !Terminals.IsOne(fd),
            FileType.BlockDevice => true,
            _ => false,
        };
        return isHanded
            ? new HandedStream(fd, DescriptorFlags.OfFile(fd), stamp, StandardFiles.PathOf(fd, stamp))
            : null;
    }

    public bool IsSameFile(HandedStream other) =>
        _stamp.Inode == other._stamp.Inode && _stamp.Device == other._stamp.Device && _stamp.Type == other._stamp.Type;

    /// <summary>Called just before the command starts. From now on the tool writes nothing to the file.</summary>
    public void Begin() => (_offset, _size) = Now();

    /// <summary>Called when the command has ended, before the tool writes to the file again.</summary>
    public void End() => (_endOffset, _endSize) = Now();

    /// <summary>Reads back what the command printed.</summary>
    /// <param name="written">How many bytes the command has written.</param>
    /// <param name="refusal">Why that cannot be told, or null.</param>
    public byte[] Read(long written, out string? refusal)
    {
        long start = Appends ? _size : _offset;
        refusal = IsDevice ? Unknown(written) : written == 0 ? Moved() : Mixed(start, written);
        if (refusal is not null || written == 0)
        {
            return [];
        }

        byte[] text = new byte[written];
        if (Fill(text, start) is string error)
        {
            refusal = $"what it printed cannot be read back from its {Name}: {error}";
            return [];
        }

        return text;
    }

    private string? Unknown(long written) =>
        written == 0
            ? null
            : $"nobody knows what it printed on its {Name}, which is no file; redirect it to one, to a pipe or to "
                + "/dev/null";

    /// <summary>
    /// Checks a stream to which the command wrote nothing. Others may have written there, and moved the shared offset.
    /// </summary>
    private string? Moved() =>
        Appends || _endOffset - _offset == _endSize - _size
            ? null
            : $"the file of its {Name} or its offset was changed otherwise than by printing";

    private string? Mixed(long start, long written)
    {
        bool isAlone = _endSize == Math.Max(_size, start + written) && (Appends || _endOffset == start + written);
        return isAlone
            ? null
            : $"the file of its {Name} holds other things than it wrote there one after the other: somebody else "
                + "wrote there meanwhile, or something could not be written";
    }

    private string? Fill(Span<byte> text, long start)
    {
        int fd = CanBeRead
            ? _fd
            : Files.Open(fcntl.AT_FDCWD, [.. System.Text.Encoding.ASCII.GetBytes($"/proc/self/fd/{_fd}"), 0], 0);
        int length = fd;
        while (length >= 0 && !text.IsEmpty)
        {
            length = Files.ReadAt(fd, start, text);
            if (length == 0)
            {
                return "it has become shorter";
            }

            if (length > 0)
            {
                start += length;
                text = text[length..];
            }
        }

        if (fd != _fd)
        {
            Files.Close(fd);
        }

        return length < 0 ? Marshal.GetPInvokeErrorMessage(-length) : null;
    }

    private (long Offset, long Size) Now()
    {
        FileStamps.Of(_fd, "\0"u8, fcntl.AT_EMPTY_PATH, out FileStamp stamp);
        return IsDevice ? default : (Descriptions.Seek(_fd, 0, fcntl.SEEK_CUR), stamp.Size);
    }

    // The kernel makes up the content of these files, so they have no length.
    private static bool LooksMadeUp(ReadOnlySpan<byte> path) =>
        path.StartsWith("/proc/"u8) || path.StartsWith("/sys/"u8);
}
