using System.Buffers;
using Fptrace.Linux.FileSystem;
using Fptrace.Manifests.Checking;
using Fptrace.Posix;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Caching.Store;

/// <summary>Copies files and hashes their content. A copy of a sparse file has a hole for each page of zeros.</summary>
internal static class BlobCopy
{
    private const int Chunk = 1 << 20;
    private const int Page = 4096;

    /// <summary>Copies a file into an empty one and hashes it; without a target, only hashes it.</summary>
    /// <param name="from">Open for reading.</param>
    /// <param name="to">Open for reading and writing; null to read only.</param>
    /// <param name="hash">Receives all bytes that are in <paramref name="to"/> in the end.</param>
    /// <param name="canClone">Whether to try a clone (FICLONE, ioctl_ficlone(2)). Set to false when the file system
    /// cannot clone.</param>
    /// <remarks>
    /// After a clone the target is hashed and not <paramref name="from"/>, which others may write to meanwhile. For a
    /// large file, one thread hashes a chunk while another writes it.
    /// </remarks>
    /// <exception cref="IOException">Reading or writing failed.</exception>
    public static void Copy(SafeFileHandle from, SafeFileHandle? to, BlobHash hash, ref bool canClone)
    {
        if (to is not null && canClone)
        {
            canClone = FilesAt.TryClone(to, from);
            if (canClone)
            {
                (from, to) = (to, null);
            }
        }

        Pump(from, to, hash, size: -1);
    }

    /// <summary>Copies a blob, to which nobody writes, into an empty file.</summary>
    /// <param name="blob">Open for reading.</param>
    /// <param name="to">Open for writing.</param>
    /// <param name="size">The bytes that the blob should have. If it has more, the rest is not copied.</param>
    /// <param name="canClone">As for <see cref="Copy"/>.</param>
    /// <returns>The checksum of the blob's first <paramref name="size"/> bytes, or 0 if it is shorter.</returns>
    /// <remarks>
    /// For a large blob the kernel copies the pages without a buffer here, while this thread hashes them.
    /// </remarks>
    /// <exception cref="IOException">Reading or writing failed.</exception>
    public static UInt128 CopyBlob(SafeFileHandle blob, SafeFileHandle to, long size, ref bool canClone)
    {
        using var hash = BlobHash.Checksums();
        canClone = canClone && FilesAt.TryClone(to, blob);
        if (canClone)
        {
            Pump(blob, null, hash, size);
        }
        else if (size <= Chunk || IsSparse(blob))
        {
            Pump(blob, to, hash, size);
        }
        else
        {
            Task<bool> copy = Task.Run(() => FilesAt.TryCopy(blob, to, size));
            try
            {
                Pump(blob, null, hash, size);
            }
            finally
            {
                // The other thread copies until then, and needs both descriptors open.
                copy.Wait();
            }

            if (!copy.Result)
            {
                using var second = BlobHash.Checksums();
                Pump(blob, to, second, size);
            }
        }

        return hash.Length == size ? hash.Checksum : default;
    }

    private static void Pump(SafeFileHandle from, SafeFileHandle? to, BlobHash hash, long size)
    {
        bool leavesHoles = to is not null && IsSparse(from);
        byte[] current = ArrayPool<byte>.Shared.Rent(Chunk);
        byte[] next = [];
        Task pending = Task.CompletedTask;
        try
        {
            long offset = 0;
            int read;
            while ((read = Fill(from, current, offset, size)) > 0)
            {
                (byte[] bytes, int count) = (current, read);
                pending.GetAwaiter().GetResult();
                if (to is null || read < current.Length)
                {
                    // The last chunk: most files have only this one, which is not worth a thread.
                    hash.Append(bytes.AsSpan(0, count));
                }
                else
                {
                    pending = Task.Run(() => hash.Append(bytes.AsSpan(0, count)));
                    next = next.Length > 0 ? next : ArrayPool<byte>.Shared.Rent(Chunk);
                    (current, next) = (next, current);
                }

                if (leavesHoles)
                {
                    WritePages(to!, bytes.AsSpan(0, count), offset);
                }
                else
                {
                    Write(to, bytes.AsSpan(0, count), offset);
                }

                offset += count;
                LongWork.Add(count);
                if (count < bytes.Length)
                {
                    break;
                }
            }

            if (leavesHoles)
            {
                // If the file ends with a hole, nothing was written at its end.
                RandomAccess.SetLength(to!, offset);
            }
        }
        finally
        {
            // The other thread may still be hashing a buffer; the pool must not lend it again before that ends.
            pending.Wait();
            ArrayPool<byte>.Shared.Return(current);
            if (next.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(next);
            }
        }
    }

    /// <summary>
    /// Reads until the buffer is full or <paramref name="size"/> is reached, which saves a read at the end of the file.
    /// </summary>
    private static int Fill(SafeFileHandle file, byte[] buffer, long offset, long size)
    {
        int wanted = size < 0 ? buffer.Length : (int)Math.Min(buffer.Length, size - offset);
        int length = 0;
        int read;
        while (length < wanted
            && (read = FilesAt.ReadAt(file, buffer.AsSpan(length, wanted - length), offset + length)) > 0)
        {
            length += read;
        }

        return length;
    }

    private static bool IsSparse(SafeFileHandle file)
    {
        bool isSparse = FileLook.Of((int)file.DangerousGetHandle()).IsSparse;
        GC.KeepAlive(file);
        return isSparse;
    }

    /// <summary>Writes only the pages that contain something other than zeros.</summary>
    private static void WritePages(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        int start = 0;
        while (start < bytes.Length)
        {
            int end = start;
            while (end < bytes.Length && bytes[end..Math.Min(end + Page, bytes.Length)].ContainsAnyExcept((byte)0))
            {
                end = Math.Min(end + Page, bytes.Length);
            }

            Write(file, bytes[start..end], offset + start);
            start = end + Page;
        }
    }

    private static void Write(SafeFileHandle? file, ReadOnlySpan<byte> bytes, long offset)
    {
        while (file is not null && !bytes.IsEmpty)
        {
            int written = FilesAt.WriteAt(file, bytes, offset);
            bytes = bytes[written..];
            offset += written;
        }
    }
}
