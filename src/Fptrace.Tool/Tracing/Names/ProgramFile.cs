using System.Buffers.Binary;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Names;

/// <summary>What the kernel reads of a file to run it.</summary>
/// <param name="Format">How it runs the file.</param>
/// <param name="Interpreter">The interpreter of a script or of an ELF file (PT_INTERP), as the file names it; empty for
/// none.</param>
internal sealed record ProgramFile(ProgramFormat Format, ByteString Interpreter)
{
    // The kernel reads so much of each file (BINPRM_BUF_SIZE).
    private const int HeadSize = 256;

    private static readonly ProgramFile s_other = new(ProgramFormat.Other, default);

    /// <summary>Whether it is a script that names an interpreter.</summary>
    public bool IsInterpreted => Format == ProgramFormat.Script && !Interpreter.IsEmpty;

    /// <param name="path">Ends with a NUL.</param>
    public static ProgramFile Read(ReadOnlySpan<byte> path) => Read(path, isStampWanted: false, out _);

    /// <param name="path">Ends with a NUL.</param>
    /// <param name="stamp">Of the file that was read, before it was read.</param>
    public static ProgramFile Read(ReadOnlySpan<byte> path, out FileStamp stamp) =>
        Read(path, isStampWanted: true, out stamp);

    private static ProgramFile Read(ReadOnlySpan<byte> path, bool isStampWanted, out FileStamp stamp)
    {
        stamp = default;

        // The file may be a FIFO. O_NONBLOCK opens it without waiting for a writer.
        int fd = Files.Open(fcntl.AT_FDCWD, path, fcntl.O_NONBLOCK);
        if (fd < 0)
        {
            return s_other;
        }

        if (isStampWanted)
        {
            FileStamps.Of(fd, "\0"u8, fcntl.AT_EMPTY_PATH, out stamp);
        }

        ProgramFile file = ReadHead(fd);
        Files.Close(fd);
        return file;
    }

    private static ProgramFile ReadHead(int fd)
    {
        Span<byte> head = stackalloc byte[HeadSize];
        int length = Faults.Note(Files.ReadAt(fd, 0, head));
        head = head[..Math.Max(length, 0)];
        return head.StartsWith("#!"u8) ? new ProgramFile(ProgramFormat.Script, OfScript(head[2..]))
            : head.StartsWith("\u007fELF"u8) && OfElf(fd, head) is { } interpreter
                ? new ProgramFile(ProgramFormat.Elf, interpreter)
            : s_other;
    }

    private static ByteString OfScript(ReadOnlySpan<byte> line)
    {
        int end = line.IndexOf((byte)'\n');
        line = (end < 0 ? line : line[..end]).TrimStart(" \t"u8);
        end = line.IndexOfAny((byte)' ', (byte)'\t', (byte)0);
        return new ByteString(end < 0 ? line : line[..end]);
    }

    /// <returns>Empty for a static program; null if the file cannot be read.</returns>
    private static ByteString? OfElf(int fd, ReadOnlySpan<byte> header)
    {
        const int PT_INTERP = 3;
        const int ShortestHeader = 52;
        const int LongestHeader = 64;
        if (header.Length < ShortestHeader || (header.Length < LongestHeader && header[4] == 2))
        {
            return default(ByteString);
        }

        bool wide = header[4] == 2;
        long table = wide
            ? BinaryPrimitives.ReadInt64LittleEndian(header[32..])
            : BinaryPrimitives.ReadInt32LittleEndian(header[28..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(header[(wide ? 54 : 42)..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header[(wide ? 56 : 44)..]);
        byte[] entries = new byte[size * Math.Min(count, 128)];
        int length = Faults.Note(Files.ReadAt(fd, table, entries));
        if (length < 0)
        {
            return null;
        }

        for (int at = 0; size > 0 && at + size <= length; at += size)
        {
            ReadOnlySpan<byte> entry = entries.AsSpan(at, size);
            if (BinaryPrimitives.ReadInt32LittleEndian(entry) == PT_INTERP)
            {
                long offset = wide
                    ? BinaryPrimitives.ReadInt64LittleEndian(entry[8..])
                    : BinaryPrimitives.ReadInt32LittleEndian(entry[4..]);
                byte[] path = new byte[4096];
                int end = Faults.Note(Files.ReadAt(fd, offset, path));
                return end < 0 ? null : new ByteString(path[..Math.Max(path.AsSpan(0, end).IndexOf((byte)0), 0)]);
            }
        }

        return default(ByteString);
    }
}
