using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Checking;

/// <summary>
/// Digests of files that any step has read, so that compilers and libraries are not hashed for each step.
/// </summary>
/// <remarks>
/// <para>
/// It proves as much as a manifest does. The same path with the same device, inode, size, mtime and ctime has the same
/// content, if these times were old enough when the content was read. It stores no file whose times are whole seconds:
/// on a file system without finer times, too much can happen within one second.
/// </para>
/// <para>
/// The file has a fixed size, so it needs no garbage collection. The path determines a row, and within the row a new
/// record replaces the path's older one, or takes a free place, or replaces another path's. Threads and processes read
/// and write without locks: each record has a checksum, and a torn or damaged record is ignored. The file may be
/// deleted at any time. Whoever can write to it decides what our manifests say, so it is used only if nobody else can.
/// </para>
/// </remarks>
internal sealed class DigestFile : IDisposable
{
    /// <summary>The name in the user's cache directory. The number is the version of the format.</summary>
    public const string Name = "fptrace-digests-1";

    /// <summary>The number of paths that share a row.</summary>
    public const int RowLength = 8;

    private const int RecordSize = 88;
    private const int RowSize = RowLength * RecordSize;
    private const int Rows = 4096;
    private const int DigestOffset = 48;
    private const int ChecksumOffset = DigestOffset + ContentDigest.Length;
    private const uint OwnerOnly = 0x180; // 0600
    private const uint Others = 0x3f; // 0077

    private readonly int _descriptor;

    private DigestFile(int descriptor) => _descriptor = descriptor;

    /// <summary>Opens this user's file.</summary>
    /// <returns>Null if there can be none.</returns>
    public static DigestFile? OfUser() => UserDirectories.Cache is { } cache ? Open(cache) : null;

    /// <param name="directory">The directory. It is made if it does not exist.</param>
    /// <returns>Null if the file cannot be opened, or others may read or write it.</returns>
    public static DigestFile? Open(string directory)
    {
        byte[] path = PosixPath.Bytes($"{directory}/{Name}");
        int flags = fcntl.O_RDWR | fcntl.O_CREAT | fcntl.O_NOFOLLOW | fcntl.O_NONBLOCK;
        int fd = FilesAt.Open(fcntl.AT_FDCWD, path, flags, OwnerOnly);
        if (fd == -errno.ENOENT && FilesAt.MakeDirectory(fcntl.AT_FDCWD, PosixPath.Bytes(directory), 0x1c0) == 0)
        {
            fd = FilesAt.Open(fcntl.AT_FDCWD, path, flags, OwnerOnly);
        }

        if (fd < 0)
        {
            return null;
        }

        FileLook look = FileLook.Of(fd);
        if (look.Type == FileType.Regular && look.User == libc.geteuid() && (look.Mode & Others) == 0)
        {
            return new DigestFile(fd);
        }

        _ = libc.close(fd);
        return null;
    }

    /// <param name="path">Absolute, without symbolic links.</param>
    /// <param name="look">The file now.</param>
    /// <param name="state">The file now, with its digest.</param>
    public bool TryFind(ByteString path, in FileLook look, out FileState state)
    {
        state = default;
        if (look.Type != FileType.Regular || look.IsCoarse)
        {
            return false;
        }

        Span<byte> row = stackalloc byte[RowSize];
        Span<byte> identity = stackalloc byte[DigestOffset];
        Identify(path, look.Device, look.Size, look.Times, identity);
        int length = ReadRow(identity, row);
        for (int at = 0; at + RecordSize <= length; at += RecordSize)
        {
            ReadOnlySpan<byte> record = row.Slice(at, RecordSize);
            if (record.StartsWith(identity) && IsWhole(record))
            {
                state = new FileState(FileType.Regular, look.Mode, look.Size,
                    ContentDigest.FromBytes(record[DigestOffset..]), look.Times);
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Stores a digest, unless the times prove nothing. A failure costs only a later read, so it is ignored.
    /// </summary>
    public void Add(ByteString path, ulong device, in FileState state)
    {
        if (state.Type != FileType.Regular || state.Stamp.IsEmpty || state.Digest.IsEmpty
            || FileLook.AreCoarse(state.Stamp))
        {
            return;
        }

        Span<byte> row = stackalloc byte[RowSize];
        Span<byte> record = stackalloc byte[RecordSize];
        Identify(path, device, state.Size, state.Stamp, record);
        state.Digest.CopyTo(record[DigestOffset..]);
        BinaryPrimitives.WriteUInt64LittleEndian(record[ChecksumOffset..], Checksum(record));
        int place = Place(row[..ReadRow(record, row)], record);
        _ = libc.pwrite(_descriptor, in MemoryMarshal.GetReference(record), RecordSize,
            Offset(record) + (place * RecordSize));
    }

    public void Dispose() => _ = libc.close(_descriptor);

    private static void Identify(ByteString path, ulong device, long size, in FileTimes times, Span<byte> record)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(record, XxHash64.HashToUInt64(path.Span));
        BinaryPrimitives.WriteUInt64LittleEndian(record[8..], device);
        BinaryPrimitives.WriteUInt64LittleEndian(record[16..], times.Inode);
        BinaryPrimitives.WriteInt64LittleEndian(record[24..], size);
        BinaryPrimitives.WriteInt64LittleEndian(record[32..], times.ModifiedNs);
        BinaryPrimitives.WriteInt64LittleEndian(record[40..], times.ChangedNs);
    }

    /// <summary>The place of a new record in its row: that of the path's older record, a free one, or any.</summary>
    private static int Place(ReadOnlySpan<byte> row, ReadOnlySpan<byte> record)
    {
        int free = -1;
        for (int i = 0; i < RowLength; i++)
        {
            ReadOnlySpan<byte> other = (i + 1) * RecordSize <= row.Length
                ? row.Slice(i * RecordSize, RecordSize)
                : default;
            if (!other.IsEmpty && other.StartsWith(record[..8]))
            {
                return i;
            }

            free = free < 0 && (other.IsEmpty || !IsWhole(other)) ? i : free;
        }

        return free >= 0 ? free : (int)(Checksum(record) % RowLength);
    }

    private int ReadRow(ReadOnlySpan<byte> record, Span<byte> row) =>
        (int)Math.Max(0, libc.pread(_descriptor, ref MemoryMarshal.GetReference(row), RowSize, Offset(record)));

    private static long Offset(ReadOnlySpan<byte> record) =>
        (long)(BinaryPrimitives.ReadUInt64LittleEndian(record) % Rows) * RowSize;

    private static bool IsWhole(ReadOnlySpan<byte> record) =>
        BinaryPrimitives.ReadUInt64LittleEndian(record[ChecksumOffset..]) == Checksum(record);

    // The seed makes a record of zeros, as in a hole of the file, invalid.
    private static ulong Checksum(ReadOnlySpan<byte> record) =>
        XxHash64.HashToUInt64(record[..ChecksumOffset], seed: 1);
}
