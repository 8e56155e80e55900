using Fptrace.Linux.FileSystem;
using Fptrace.Caching.Keys;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Caching.Store;

/// <summary>The local store: a directory of blobs and entries that many processes use at once.</summary>
/// <remarks>
/// What is read is checked: a blob against its name, an entry against its checksum. Damaged files count as missing and
/// are removed. Thread-safe.
/// </remarks>
public sealed class ContentStore : IDisposable
{
    // 0400: nobody should change a blob by mistake, and other users should not read what a command printed.
    private const uint ReadOnlyMode = 0x100;

    private bool _canClone = true;

    private ContentStore(StoreDirectory directory, bool writable)
    {
        Directory = directory;
        IsWritable = writable;
    }

    /// <summary><c>$XDG_CACHE_HOME/fptrace</c>, otherwise <c>~/.cache/fptrace</c>.</summary>
    /// <exception cref="CacheException">Neither variable is an absolute path.</exception>
    public static string DefaultPath => UserDirectories.Cache is { } cache
        ? System.IO.Path.Join(cache, "fptrace")
        : throw new CacheException("no directory for the cache: HOME is not set; name one with --cache=DIR");

    public string Path => Directory.Path;

    /// <summary>Whether this instance may change the store.</summary>
    public bool IsWritable { get; }

    internal StoreDirectory Directory { get; }

    /// <summary>Opens a store, and creates it if it does not exist and the mode writes.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="mode">Any but <see cref="CacheMode.Off"/>.</param>
    /// <returns>Null if the store does not exist and the mode only reads.</returns>
    /// <exception cref="CacheException">The store cannot be used. The message names the reason and the
    /// remedy.</exception>
    public static ContentStore? Open(string path, CacheMode mode)
    {
        bool writable = mode.HasFlag(CacheMode.Write);
        return StoreDirectory.Open(path, writable ? IfMissing.Create : IfMissing.Fail) is { } directory
            ? new ContentStore(directory, writable)
            : null;
    }

    public void Dispose() => Directory.Dispose();

    /// <summary>
    /// Takes the store's lock together with others, so that no garbage is collected meanwhile. Whoever stores or
    /// restores needs it.
    /// </summary>
    /// <returns>Null when the lock cannot be taken: then the store must not be used.</returns>
    internal StoreLock? Share(CancellationToken cancellation) =>
        Directory.Lock("lock", LockKind.Shared, TimeSpan.FromSeconds(30), cancellation);

    /// <summary>Opens a blob without a check of its content; null if there is none.</summary>
    internal SafeFileHandle? OpenBlob(ContentDigest digest)
    {
        int descriptor = FilesAt.OpenRead(
            Directory.Descriptor, StoreDirectory.NameOf(CacheSpace.Content, digest), FinalLink.Keep);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Whether there is a blob of this name and size. Its reader checks the content.</summary>
    internal bool HasBlob(ContentDigest digest, long size) =>
        FileLook.At(Directory.Descriptor, StoreDirectory.NameOf(CacheSpace.Content, digest), FinalLink.Keep)
            is { Type: FileType.Regular } look
        && look.Size == size;

    /// <summary>
    /// Stores the content of a file, and hashes it while it is copied. Only hashes it if the store has the blob.
    /// </summary>
    /// <param name="file">Open for reading.</param>
    /// <param name="expected">The expected digest.</param>
    /// <param name="size">The expected size in bytes.</param>
    /// <param name="added">The bytes that the store has grown by.</param>
    /// <returns>Null if the digest is another one. Then nothing is stored.</returns>
    /// <exception cref="IOException">The file cannot be read, or the store cannot be written.</exception>
    internal BlobReference? Put(SafeFileHandle file, ContentDigest expected, long size, out long added)
    {
        using var hash = BlobHash.Digests();
        added = 0;
        if (HasBlob(expected, size))
        {
            // Compute the checksum from the file and not from the blob, which may be damaged.
            BlobCopy.Copy(file, null, hash, ref _canClone);
            return hash.TakeDigest() == expected ? new BlobReference(expected, size, hash.Checksum) : null;
        }

        byte[] temporary = StoreDirectory.NewTemporary();
        int descriptor = Check(FilesAt.Create(Directory.Descriptor, temporary, ReadOnlyMode));
        bool whole = false;
        try
        {
            using var target = new SafeFileHandle(descriptor, ownsHandle: true);
            BlobCopy.Copy(file, target, hash, ref _canClone);
            whole = hash.TakeDigest() == expected;
        }
        finally
        {
            if (!whole)
            {
                _ = FilesAt.Unlink(Directory.Descriptor, temporary);
            }
        }

        if (!whole)
        {
            return null;
        }

        Check(Directory.Publish(temporary, CacheSpace.Content, expected));
        added = hash.Length;
        return new BlobReference(expected, hash.Length, hash.Checksum);
    }

    /// <summary>Stores bytes under their digest.</summary>
    /// <exception cref="IOException">The store cannot be written.</exception>
    internal ContentDigest Put(ReadOnlySpan<byte> content, out long added)
    {
        ContentDigest digest = Sha256.Of(content);
        added = HasBlob(digest, content.Length) ? 0 : content.Length;
        if (added > 0)
        {
            WriteNew(CacheSpace.Content, digest, content);
        }

        return digest;
    }

    /// <summary>Stores an entry, replacing the one that was there.</summary>
    /// <exception cref="IOException">The store cannot be written.</exception>
    internal void PutEntry(ContentDigest key, ReadOnlySpan<byte> entry) => WriteNew(CacheSpace.Action, key, entry);

    /// <summary>Reads a blob and checks its content against its name. Removes a damaged one.</summary>
    /// <returns>Null if there is no such blob, it is damaged, or it is longer than <paramref name="limit"/>.</returns>
    internal byte[]? ReadBlob(ContentDigest digest, int limit)
    {
        byte[]? content = StoreFile.Read(Directory.Descriptor,
            StoreDirectory.NameOf(CacheSpace.Content, digest), limit);
        if (content is not null && Sha256.Of(content) != digest)
        {
            Remove(CacheSpace.Content, digest);
            return null;
        }

        return content;
    }

    /// <summary>
    /// Reads an entry without a check; null if there is none, or it is longer than <paramref name="limit"/>.
    /// </summary>
    internal byte[]? ReadEntry(ContentDigest key, int limit) =>
        StoreFile.Read(Directory.Descriptor, StoreDirectory.NameOf(CacheSpace.Action, key), limit);

    /// <summary>Removes a file of the store, if it is writable.</summary>
    internal void Remove(CacheSpace space, ContentDigest key)
    {
        if (IsWritable)
        {
            _ = FilesAt.Unlink(Directory.Descriptor, StoreDirectory.NameOf(space, key));
        }
    }

    /// <summary>Sets the modification time of an entry, which is its time of last use.</summary>
    internal void Touch(ContentDigest key)
    {
        if (IsWritable)
        {
            _ = FilesAt.SetTimes(Directory.Descriptor, StoreDirectory.NameOf(CacheSpace.Action, key), FileLook.Now());
        }
    }

    private void WriteNew(CacheSpace space, ContentDigest key, ReadOnlySpan<byte> content)
    {
        byte[] temporary = StoreDirectory.NewTemporary();
        Check(StoreFile.Create(Directory.Descriptor, temporary, content, ReadOnlyMode));
        Check(Directory.Publish(temporary, space, key));
    }

    private static int Check(int result) =>
        result >= 0 ? result : throw new IOException(FilesAt.Describe(result));
}
