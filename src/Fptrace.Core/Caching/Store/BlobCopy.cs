using System.Buffers;
using Fptrace.Linux.FileSystem;
using Fptrace.Manifests.Checking;
using Fptrace.Posix;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Caching.Store;

/// <summary>Copies files and hashes what it copies. A copy of a file with holes has holes too, at all pages of
/// zeros.</summary>
internal static class BlobCopy
{
    private const int Chunk = 1 << 20;
    private const int Page = 4096;

    /// <summary>Copies a file into an empty one, or only reads it.</summary>
    /// <param name="from">Open for reading.</param>
    /// <param name="to">Open for reading and writing; null to read only.</param>
    /// <param name="hash">Gets all bytes that are in <paramref name="to"/> now.</param>
    /// <param name="canClone">Whether the file system may share blocks; becomes false when it cannot.</param>
    /// <remarks>A clone is hashed itself: <paramref name="from"/> may be written to meanwhile. Of a large file one
    /// thread hashes a chunk while the other writes it.</remarks>
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

    /// <summary>Copies a blob, which nobody writes to, into an empty file.</summary>
    /// <param name="blob">Open for reading.</param>
    /// <param name="to">Open for writing.</param>
    /// <param name="size">Bytes that it should have: more are not copied.</param>
    /// <param name="canClone">As above.</param>
    /// <returns>The checksum of the blob's first <paramref name="size"/> bytes.</returns>
    /// <remarks>Of a large blob the kernel copies the pages, without a detour through a buffer, while another thread
    /// hashes them.</remarks>
    /// <exception cref="IOException">Reading or writing failed.</exception>
    public static UInt128 CopyBlob(SafeFileHandle blob, SafeFileHandle to, long size, ref bool canClone)
    {
        using var hash = new BlobHash(withDigest: false);
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
                // The descriptors must stay open as long as it copies.
                copy.Wait();
            }

            if (!copy.Result)
            {
                using var second = new BlobHash(withDigest: false);
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
                    // The last chunk, and most files have only one: not worth a thread.
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
                // There may be a hole at the end.
                RandomAccess.SetLength(to!, offset);
            }
        }
        finally
        {
            // A buffer must not be lent again while it is being hashed.
            pending.Wait();
            ArrayPool<byte>.Shared.Return(current);
            if (next.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(next);
            }
        }
    }

    /// <summary>Reads until the buffer is full, or <paramref name="size"/> is reached: a read that only finds the end
    /// is spared.</summary>
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

    /// <summary>Writes the pages that hold more than zeros.</summary>
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
