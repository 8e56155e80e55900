using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Fptrace.Linux.Posix;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests;

/// <summary>The names in a directory, in bytes.</summary>
internal static class DirectoryNames
{
    private const int BufferSize = 1 << 15;

    // linux_dirent64 of getdents64(2): inode, offset, length of the record, type, name.
    private const int LengthOffset = 16;
    private const int TypeOffset = 18;
    private const int NameOffset = 19;

    /// <param name="directory">Descriptor that the path is relative to, or AT_FDCWD.</param>
    /// <param name="path">Ends with a NUL.</param>
    /// <returns>Sorted by bytes, each with its type (<see cref="ListedName"/>); null when it cannot be read.</returns>
    public static List<ByteString>? TryRead(int directory, ReadOnlySpan<byte> path)
    {
        int fd = libc.openat(directory, in MemoryMarshal.GetReference(path), libc.O_RDONLY | libc.O_NONBLOCK | libc.O_CLOEXEC, 0);
        if (fd < 0)
        {
            return null;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var names = new List<ByteString>();
            long length;
            while ((length = libc.syscall(libc.SYS_getdents64, fd, ref buffer[0], buffer.Length)) > 0)
            {
                Add(fd, buffer.AsSpan(0, (int)length), names);
            }

            names.Sort();
            return length < 0 ? null : names;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _ = libc.close(fd);
        }
    }

    /// <summary>The bare names in an open directory, sorted by bytes; none when it cannot be listed.</summary>
    public static IReadOnlyList<ByteString> Of(int directory) =>
        [.. (TryRead(directory, ".\0"u8) ?? []).Select(name => new ByteString(ListedName.Bare(name.Span)))];

    private static void Add(int fd, ReadOnlySpan<byte> records, List<ByteString> names)
    {
        while (records.Length > NameOffset)
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(records[LengthOffset..]);
            ReadOnlySpan<byte> name = records[NameOffset..size];
            int end = name.IndexOf((byte)0);
            if (name[..end] is not [(byte)'.'] and not [(byte)'.', (byte)'.'])
            {
                // As in the type bits of a mode (IFTODT); some file systems leave it to lstat(2).
                FileType type = records[TypeOffset] is byte told and not libc.DT_UNKNOWN
                    ? FileStamp.TypeOf((uint)told << 12)
                    : FileLook.At(fd, name[..(end + 1)], follow: false).Type;
                names.Add(ListedName.Of(name[..end], type));
            }

            records = records[size..];
        }
    }
}
