using Fptrace.Linux.FileSystem;
using Fptrace.Caching.Keys;
using Fptrace.Model;
using Fptrace.Posix;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Caching.Store;

/// <summary>The local store: a directory of blobs and entries that many processes use at once.</summary>
/// <remarks>
/// What is read is checked: a blob against its name, an entry against its checksum. What is damaged is a miss, and
/// removed. Used by many threads.
/// </remarks>
public sealed class ContentStore : ICacheStore, IDisposable
{
    // 0400: an editor that is let loose on a blob should fail, and what a command printed is nobody else's business.
    private const uint ReadOnlyMode = 0x100;

    private bool _canClone = true;

    private ContentStore(StoreDirectory directory, bool writable)
    {
        Directory = directory;
        IsWritable = writable;
    }

    /// <summary><c>$XDG_CACHE_HOME/fptrace</c>, otherwise <c>~/.cache/fptrace</c>.</summary>
    /// <exception cref="CacheException">Neither variable is an absolute path.</exception>
    public static string DefaultPath
    {
        get
        {
            // The specification: a relative path is to be ignored.
            if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache && cache[0] == '/')
            {
                return System.IO.Path.Join(cache, "fptrace");
            }

            return Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home && home[0] == '/'
                ? System.IO.Path.Join(home, ".cache", "fptrace")
                : throw new CacheException("no directory for the cache: HOME is not set; name one with --cache=DIR");
        }
    }

    public string Path => Directory.Path;

    /// <summary>Whether anything in it may change.</summary>
    public bool IsWritable { get; }

    internal StoreDirectory Directory { get; }

    /// <summary>Opens a store; in a mode that writes, makes it if it does not exist.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="mode">What is to be done with it; not <see cref="CacheMode.Off"/>.</param>
    /// <returns>Null if there is none, and it was to be read alone.</returns>
    /// <exception cref="CacheException">It cannot be used; the message says why and what to do.</exception>
    public static ContentStore? Open(string path, CacheMode mode)
    {
        bool writable = mode.HasFlag(CacheMode.Write);
        return StoreDirectory.Open(path, writable ? IfMissing.Create : IfMissing.Fail) is { } directory
            ? new ContentStore(directory, writable)
            : null;
    }

    public bool Contains(CacheSpace space, ContentDigest key) =>
        FileLook.At(Directory.Descriptor, StoreDirectory.NameOf(space, key), FinalLink.Keep).Type == FileType.Regular;

    public Stream? OpenRead(CacheSpace space, ContentDigest key) =>
        OpenFile(space, key) is { } file ? new FileStream(file, FileAccess.Read, bufferSize: 0) : null;

    public bool Write(CacheSpace space, ContentDigest key, Stream content)
    {
        ArgumentNullException.ThrowIfNull(content);
        byte[] temporary = StoreDirectory.NewTemporary();
        int descriptor = IsWritable ? FilesAt.Create(Directory.Descriptor, temporary, ReadOnlyMode) : -1;
        if (descriptor < 0)
        {
            return false;
        }

        try
        {
            using (var file = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write,
                bufferSize: 0))
            {
                content.CopyTo(file, 1 << 18);
            }

            return Directory.Publish(temporary, space, key) == 0;
        }
        catch (IOException)
        {
            _ = FilesAt.Unlink(Directory.Descriptor, temporary);
            return false;
        }
    }

    public void Dispose() => Directory.Dispose();

    /// <summary>Keeps the collector of garbage away; taken by whoever stores or restores.</summary>
    /// <returns>Null when it cannot be had: the store is then not to be used.</returns>
    internal StoreLock? Share(CancellationToken cancellation) =>
        Directory.Lock("lock", LockKind.Shared, TimeSpan.FromSeconds(30), cancellation);

    /// <summary>A blob or entry as it lies there, unchecked; null if there is none.</summary>
    internal SafeFileHandle? OpenFile(CacheSpace space, ContentDigest key)
    {
        int descriptor = FilesAt.OpenRead(Directory.Descriptor, StoreDirectory.NameOf(space, key));
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Whether a blob of this name and size is there; its content is checked by whoever reads it.</summary>
    internal bool HasBlob(ContentDigest digest, long size) =>
        FileLook.At(Directory.Descriptor, StoreDirectory.NameOf(CacheSpace.Content, digest), FinalLink.Keep)
            is { Type: FileType.Regular } look
        && look.Size == size;

    /// <summary>Stores a file's content unless it is there already, hashing while it copies.</summary>
    /// <param name="file">Open for reading.</param>
    /// <param name="expected">What the content should be.</param>
    /// <param name="size">Bytes that it should have.</param>
    /// <param name="added">Bytes that the store grew by.</param>
    /// <returns>Null if the content is another: then nothing is stored.</returns>
    /// <exception cref="IOException">It cannot be read, or the store cannot be written.</exception>
    internal BlobReference? Put(SafeFileHandle file, ContentDigest expected, long size, out long added)
    {
        using var hash = new BlobHash(withDigest: true);
        added = 0;
        if (HasBlob(expected, size))
        {
            // The checksum comes from the file all the same: the blob may be damaged.
            BlobCopy.Copy(file, null, hash, ref _canClone);
            return hash.TakeDigest() == expected ? new BlobReference(expected, size, hash.Checksum) : null;
        }

        byte[] temporary = StoreDirectory.NewTemporary();
        int descriptor = FilesAt.Create(Directory.Descriptor, temporary, ReadOnlyMode);
        if (descriptor < 0)
        {
            throw new IOException(FilesAt.Describe(descriptor));
        }

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

        Publish(temporary, CacheSpace.Content, expected);
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

    /// <summary>A blob whose content is what its name says. One that is not is removed.</summary>
    /// <returns>Null if there is none, or it is longer than <paramref name="limit"/>.</returns>
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

    /// <summary>An entry, not yet checked; null if there is none, or it is longer than
    /// <paramref name="limit"/>.</summary>
    internal byte[]? ReadEntry(ContentDigest key, int limit) =>
        StoreFile.Read(Directory.Descriptor, StoreDirectory.NameOf(CacheSpace.Action, key), limit);

    /// <summary>Throws away what is damaged.</summary>
    internal void Remove(CacheSpace space, ContentDigest key)
    {
        if (IsWritable)
        {
            _ = FilesAt.Unlink(Directory.Descriptor, StoreDirectory.NameOf(space, key));
        }
    }

    /// <summary>Notes that an entry was used: its modification time is the time of last use.</summary>
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
        int result = StoreFile.Create(Directory.Descriptor, temporary, content, ReadOnlyMode);
        if (result < 0)
        {
            throw new IOException(FilesAt.Describe(result));
        }

        Publish(temporary, space, key);
    }

    private void Publish(byte[] temporary, CacheSpace space, ContentDigest key)
    {
        int result = Directory.Publish(temporary, space, key);
        if (result < 0)
        {
            throw new IOException(FilesAt.Describe(result));
        }
    }
}
