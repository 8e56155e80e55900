using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests.Checking;

/// <summary>Digests of files that were read before, by whatever step: compilers and libraries are not hashed anew for
/// each.</summary>
/// <remarks>
/// <para>
/// It proves as much as a manifest does: the same path on the same device with the same inode, size, mtime and ctime
/// has the same content, if these times were old enough when the content was read. Times of whole seconds are not
/// taken, for where a file system has no others too much happens within one. </para>
/// <para>
/// A file of fixed size, so it needs no collection of garbage: a path belongs to one row, where it takes its former
/// place, a free one, or that of another. Readers and writers use it at once and without locks; each record has a
/// checksum, and what is torn or damaged is unknown. It may be deleted at any time. Whoever can write to it decides
/// what our manifests say, so it is used only where it is ours alone. Used by many threads. </para>
/// </remarks>
internal sealed class DigestFile : IDisposable
{
    /// <summary>Its name in the user's directory of caches. The number is that of the format.</summary>
    public const string Name = "fptrace-digests-1";

    /// <summary>Paths that fall into one row.</summary>
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

    /// <summary>That of this user.</summary>
    /// <returns>Null where there can be none.</returns>
    public static DigestFile? OfUser()
    {
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache && cache[0] == '/')
        {
            return Open(cache);
        }

        return Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home && home[0] == '/'
            ? Open(home + "/.cache")
            : null;
    }

    /// <param name="directory">Made if it does not exist.</param>
    /// <returns>Null where it cannot be had, or is not ours alone.</returns>
    public static DigestFile? Open(string directory)
    {
        byte[] path = PosixPath.Bytes($"{directory}/{Name}");
        int flags = fcntl.O_RDWR | fcntl.O_CREAT | fcntl.O_NOFOLLOW | fcntl.O_NONBLOCK | fcntl.O_CLOEXEC;
        int fd = libc.openat(fcntl.AT_FDCWD, in path[0], flags, OwnerOnly);
        if (fd < 0 && Marshal.GetLastPInvokeError() == errno.ENOENT
            && libc.mkdirat(fcntl.AT_FDCWD, in PosixPath.Bytes(directory)[0], 0x1c0) == 0)
        {
            fd = libc.openat(fcntl.AT_FDCWD, in path[0], flags, OwnerOnly);
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
    /// <param name="look">How the file is now.</param>
    /// <param name="state">That with its digest.</param>
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

    /// <summary>Remembers what was read, unless its times prove nothing. That this may fail is nobody's
    /// concern.</summary>
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

    /// <summary>Where a new record goes: over an older one of its path, over none, or over one that the times
    /// choose.</summary>
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

    // Seeded, so that a hole of zeros is no record.
    private static ulong Checksum(ReadOnlySpan<byte> record) =>
        XxHash64.HashToUInt64(record[..ChecksumOffset], seed: 1);
}
