using System.Buffers;
using System.Security.Cryptography;
using Fptrace.Manifests;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Caching;

/// <summary>Copies a file and hashes what it copies.</summary>
internal static class BlobCopy
{
    private const int Chunk = 1 << 20;

    /// <summary>Copies a file into an empty one.</summary>
    /// <param name="from">Open for reading.</param>
    /// <param name="to">Open for reading and writing.</param>
    /// <param name="size">Bytes that it should have: more are not copied. Negative: as many as there are.</param>
    /// <param name="canClone">Whether the file system may share blocks; becomes false when it cannot.</param>
    /// <param name="length">Bytes that were copied.</param>
    /// <returns>The digest of the bytes that are in <paramref name="to"/> now.</returns>
    /// <remarks>
    /// Where the file system shares blocks, the clone is hashed: it cannot change any more. Elsewhere the bytes pass through a buffer,
    /// since they must be hashed anyway; for a large file one thread hashes a chunk while the other writes it and reads the next.
    /// </remarks>
    /// <exception cref="IOException">Reading or writing failed.</exception>
    public static ContentDigest Copy(SafeFileHandle from, SafeFileHandle to, long size, ref bool canClone, out long length)
    {
        canClone = canClone && Posix.TryClone(to, from);
        return canClone ? Hash(to, out length) : Pump(from, to, size, out length);
    }

    /// <summary>The digest of a file's content.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ContentDigest Hash(SafeFileHandle file, out long length) => Pump(file, target: null, size: -1, out length);

    private static ContentDigest Pump(SafeFileHandle from, SafeFileHandle? target, long size, out long length)
    {
        byte[] current = ArrayPool<byte>.Shared.Rent(Chunk);
        byte[]? next = null;
        Task pending = Task.CompletedTask;
        try
        {
            int read = Fill(from, current, 0, size);
            length = read;
            if (read < current.Length)
            {
                // All of it: most files are small.
                Write(target, current.AsSpan(0, read), 0);
                return Sha256.Of(current.AsSpan(0, read));
            }

            next = ArrayPool<byte>.Shared.Rent(Chunk);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long offset = 0;
            while (read > 0)
            {
                pending.GetAwaiter().GetResult();
                (byte[] bytes, int count) = (current, read);
                pending = Task.Run(() => hash.AppendData(bytes, 0, count));
                Write(target, bytes.AsSpan(0, count), offset);
                offset += count;
                read = Fill(from, next, offset, size);
                (current, next) = (next, current);
            }

            pending.GetAwaiter().GetResult();
            length = offset;
            return Sha256.Of(hash);
        }
        finally
        {
            // A buffer must not be lent again while it is being hashed.
            pending.Wait();
            ArrayPool<byte>.Shared.Return(current);
            if (next is not null)
            {
                ArrayPool<byte>.Shared.Return(next);
            }
        }
    }

    /// <summary>Reads until the buffer is full, or <paramref name="size"/> is reached: a read that only finds the end is spared.</summary>
    private static int Fill(SafeFileHandle file, byte[] buffer, long offset, long size)
    {
        int wanted = size < 0 ? buffer.Length : (int)Math.Min(buffer.Length, size - offset);
        int length = 0;
        int read;
        while (length < wanted && (read = Posix.ReadAt(file, buffer.AsSpan(length, wanted - length), offset + length)) > 0)
        {
            length += read;
        }

        return length;
    }

    private static void Write(SafeFileHandle? file, ReadOnlySpan<byte> bytes, long offset)
    {
        while (file is not null && !bytes.IsEmpty)
        {
            int written = Posix.WriteAt(file, bytes, offset);
            bytes = bytes[written..];
            offset += written;
        }
    }
}
