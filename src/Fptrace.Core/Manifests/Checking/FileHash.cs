using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests.Checking;

/// <summary>Reads files and computes their digests.</summary>
internal static class FileHash
{
    private const int BufferSize = 1 << 17;
    private const int Attempts = 3;

    /// <summary>Reads a regular file for its state: the digest, with times that belong to this content.</summary>
    /// <param name="directory">The descriptor that the path is relative to, or AT_FDCWD.</param>
    /// <param name="path">Ends with a NUL.</param>
    /// <param name="state">The state that was read.</param>
    /// <param name="cancellationToken">Stops the reading as if the file could not be read.</param>
    /// <returns>False when the file cannot be read, is not regular, or keeps changing.</returns>
    public static bool TryRead(int directory, ReadOnlySpan<byte> path, out FileState state,
        CancellationToken cancellationToken = default)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            int fd = FilesAt.OpenRead(directory, path, FinalLink.Follow);
            if (fd < 0)
            {
                break;
            }

            using var closing = new ClosedAtEnd(fd);
            long now = FileLook.Now();
            FileLook before = FileLook.Of(fd);
            ContentDigest digest = default;
            long size = 0;
            if (before.Size > BufferSize)
            {
                LongWork.Reads(path);
            }

            if (before.Type != FileType.Regular
                || !(GitIndex.IsName(path)
                    ? GitIndex.TryHash(fd, out digest, out size)
                    : TryHash(fd, out digest, out size, cancellationToken)))
            {
                break;
            }

            if (before.Size > BufferSize)
            {
                LongWork.Reads([]);
            }

            FileLook after = FileLook.Of(fd);
            if (before.Times == after.Times && before.Size == size)
            {
                state = new FileState(FileType.Regular, before.Mode, size, digest, before.TimesAt(now));
                return true;
            }
        }

        state = default;
        return false;
    }

    private static bool TryHash(int fd, out ContentDigest digest, out long size, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            Span<byte> result = stackalloc byte[ContentDigest.Length];
            size = 0;
            int length = Read(fd, buffer);
            if (length >= 0 && length < buffer.Length)
            {
                // Most files fit into the buffer. One call hashes them, in place of three.
                size = length;
                LongWork.Add(length);
                SHA256.HashData(buffer.AsSpan(0, length), result);
                digest = ContentDigest.FromBytes(result);
                return true;
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            while (length > 0 && !cancellationToken.IsCancellationRequested)
            {
                hash.AppendData(buffer, 0, length);
                size += length;
                LongWork.Add(length);
                length = Read(fd, buffer);
            }

            hash.GetHashAndReset(result);
            digest = ContentDigest.FromBytes(result);
            return length == 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Fills the buffer, or reads to the end of the file.</summary>
    /// <returns>The length; negative on failure.</returns>
    public static int Read(int fd, byte[] buffer)
    {
        int length = 0;
        while (length < buffer.Length)
        {
            nint count = libc.read(fd, ref buffer[length], buffer.Length - length);
            if (count < 0 && Marshal.GetLastPInvokeError() == errno.EINTR)
            {
                continue;
            }

            if (count <= 0)
            {
                return count < 0 ? -1 : length;
            }

            length += (int)count;
        }

        return length;
    }
}
