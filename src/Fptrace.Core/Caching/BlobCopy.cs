using System.Buffers;
using System.Security.Cryptography;
using Fptrace.Manifests;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Caching;

/// <summary>Copies a file and hashes what it copies.</summary>
internal static class BlobCopy
{
    private const int Chunk = 1 << 20;

    /// <summary>Copies all of <paramref name="from"/> into the empty file <paramref name="to"/>; <paramref name="length"/> bytes.</summary>
    /// <returns>The digest of the bytes that are in <paramref name="to"/> now.</returns>
    /// <remarks>
    /// Where the file system shares blocks, the clone is hashed: it cannot change any more. Elsewhere the bytes pass through a buffer,
    /// since they must be hashed anyway; for a large file one thread hashes a chunk while the other writes it and reads the next.
    /// </remarks>
    /// <exception cref="IOException">Reading or writing failed.</exception>
    public static ContentDigest Copy(SafeFileHandle from, SafeFileHandle to, out long length) =>
        Posix.TryClone(to, from) ? Hash(to, out length) : Pump(from, target: to, out length);

    /// <summary>The digest of a file's content.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ContentDigest Hash(SafeFileHandle file, out long length) => Pump(file, target: null, out length);

    private static ContentDigest Pump(SafeFileHandle from, SafeFileHandle? target, out long length)
    {
        byte[] current = ArrayPool<byte>.Shared.Rent(Chunk);
        byte[]? next = null;
        Task pending = Task.CompletedTask;
        try
        {
            int read = Fill(from, current, 0);
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
                read = Fill(from, next, offset);
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

    private static int Fill(SafeFileHandle file, byte[] buffer, long offset)
    {
        int length = 0;
        int read;
        while (length < buffer.Length && (read = RandomAccess.Read(file, buffer.AsSpan(length), offset + length)) > 0)
        {
            length += read;
        }

        return length;
    }

    private static void Write(SafeFileHandle? file, ReadOnlySpan<byte> bytes, long offset)
    {
        if (file is not null)
        {
            RandomAccess.Write(file, bytes, offset);
        }
    }
}
