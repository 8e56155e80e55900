using System.Collections.Concurrent;
using Fptrace.Linux.FileSystem;
using Fptrace.Caching.Keys;
using Fptrace.Model;
using Fptrace.Posix;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Caching.Store;

/// <summary>Maintains a store: counts, verifies, collects garbage, clears.</summary>
/// <remarks>
/// Entries are removed before the blobs that they need. So a collection that is killed may leave blobs that no entry
/// needs, but never an entry whose blob is gone. A collection takes the store's lock exclusively, because a run that is
/// storing may have written its blobs but not yet the entry that needs them.
/// </remarks>
public static class StoreMaintenance
{
    /// <summary>The default limit of a store, in bytes.</summary>
    public const long DefaultLimit = 10L << 30;

    public static CacheStatistics Count(ContentStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        StoreScan entries = StoreScan.Of(store.Directory, CacheSpace.Action);
        StoreScan blobs = StoreScan.Of(store.Directory, CacheSpace.Content);
        StoreUsage usage = StoreUsage.Read(store.Directory);
        int pathSets = entries.Files.Count(file => IsPathSetList(store, file));
        return new CacheStatistics(
            entries.Files.Count - pathSets,
            pathSets,
            blobs.Files.Count,
            entries.Bytes + blobs.Bytes,
            store.Directory.List("tmp").Count,
            usage.Hits,
            usage.Misses,
            usage.Stored);
    }

    /// <summary>Reads all files, and removes what is damaged or needs a missing blob.</summary>
    /// <returns>The faults found, one line each, sorted.</returns>
    /// <exception cref="CacheException">Others keep the store locked.</exception>
    public static IReadOnlyList<string> Verify(ContentStore store, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);

        // A shared lock is enough: others add whole files only, and blobs before their entries.
        using StoreLock taken = store.Share(cancellation) ?? throw Busy(store);
        var faults = new ConcurrentBag<string>();
        StoreScan entries = StoreScan.Of(store.Directory, CacheSpace.Action);
        StoreScan blobs = StoreScan.Of(store.Directory, CacheSpace.Content);
        foreach (string name in entries.Foreign.Concat(blobs.Foreign))
        {
            faults.Add($"{name}: no file of the cache; remove it");
        }

        Parallel.ForEach(blobs.Files, new ParallelOptions { CancellationToken = cancellation }, blob =>
        {
            if (Fault(store, blob) is string fault)
            {
                faults.Add($"cas/{blob.Key}: {fault}; removed");
                store.Remove(CacheSpace.Content, blob.Key);
            }
        });

        foreach (StoredFile entry in entries.Files)
        {
            if (EntryFault(store, entry) is string fault)
            {
                faults.Add($"ac/{entry.Key}: {fault}; removed");
                store.Remove(CacheSpace.Action, entry.Key);
            }
        }

        return [.. faults.Select(fault => store.IsWritable
            ? fault
            : fault.Replace("; removed", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    /// <summary>
    /// Removes the least recently used entries until the rest fits, and all blobs that no entry needs.
    /// </summary>
    /// <param name="store">A writable store.</param>
    /// <param name="limit">Bytes that may be left.</param>
    /// <param name="patience">How long to wait while others use the store.</param>
    /// <param name="cancellation">Ends the collection early. The store stays consistent.</param>
    /// <returns>Null when others still used the store after that time.</returns>
    public static CollectedGarbage? Collect(ContentStore store, long limit, TimeSpan patience,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        using StoreLock? taken = store.Directory.Lock("lock", LockKind.Exclusive, patience, cancellation);
        if (taken is null)
        {
            return null;
        }

        long removed = RemoveTemporaries(store);
        var live = new HashSet<ContentDigest>();
        var dead = new List<StoredFile>();
        long left = Keep(store, limit, live, dead, cancellation);
        foreach (StoredFile entry in dead)
        {
            cancellation.ThrowIfCancellationRequested();
            store.Remove(CacheSpace.Action, entry.Key);
            removed += entry.Size;
        }

        int blobs = 0;
        foreach (StoredFile blob in StoreScan.Of(store.Directory, CacheSpace.Content).Files)
        {
            if (!live.Contains(blob.Key))
            {
                cancellation.ThrowIfCancellationRequested();
                store.Remove(CacheSpace.Content, blob.Key);
                removed += blob.Size;
                blobs++;
            }
        }

        StoreUsage.Change(store.Directory, usage => usage with { Bytes = left });
        return new CollectedGarbage(dead.Count, blobs, removed, left);
    }

    /// <summary>Removes everything. The directory stays a store.</summary>
    /// <exception cref="CacheException">Others keep the store locked.</exception>
    public static void Clear(ContentStore store, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        using StoreLock taken = store.Directory.Lock("lock", LockKind.Exclusive, TimeSpan.FromSeconds(30), cancellation)
            ?? throw Busy(store);
        RemoveTemporaries(store);

        // Entries first, as in a collection.
        foreach (CacheSpace space in new[] { CacheSpace.Action, CacheSpace.Content })
        {
            foreach (StoredFile file in StoreScan.Of(store.Directory, space).Files)
            {
                store.Remove(space, file.Key);
            }
        }

        StoreUsage.Change(store.Directory, _ => default);
    }

    /// <summary>Decides which entries stay, starting with the most recently used.</summary>
    /// <returns>The bytes of the entries that stay and of their blobs.</returns>
    private static long Keep(ContentStore store, long limit, HashSet<ContentDigest> live, List<StoredFile> dead,
        CancellationToken cancellation)
    {
        long left = 0;
        bool full = false;
        foreach (StoredFile entry in StoreScan.Of(store.Directory,
            CacheSpace.Action).Files.OrderByDescending(file => file.UsedNs).ThenBy(file =>
                file.Key.ToString(), StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<BlobReference>? blobs = full ? null : SoundReferences(store, entry);
            long size = blobs is null
                ? 0
                : entry.Size + blobs.Where(blob => !live.Contains(blob.Digest)).Distinct().Sum(blob => blob.Size);

            // After the first entry that does not fit, remove all: a small old entry must not outlive a large one used
            // since.
            full |= left + size > limit;
            if (blobs is null || full)
            {
                dead.Add(entry);
                continue;
            }

            live.UnionWith(blobs.Select(blob => blob.Digest));
            left += size;
        }

        return left;
    }

    private static IReadOnlyList<BlobReference>? SoundReferences(ContentStore store, StoredFile entry)
    {
        try
        {
            return store.ReadEntry(entry.Key, ResultEntry.LongestEntry) is { } bytes
                ? StoreScan.References(bytes)
                : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static bool IsPathSetList(ContentStore store, StoredFile file)
    {
        try
        {
            return store.ReadEntry(file.Key, PathSetList.LongestEntry) is { } entry
                && EntryReader.Heading(entry) == PathSetList.Heading;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static string? Fault(ContentStore store, StoredFile blob)
    {
        try
        {
            using SafeFileHandle? file = store.OpenBlob(blob.Key);
            if (file is null)
            {
                return null;
            }

            using var hash = BlobHash.Digests();
            bool canClone = false;
            BlobCopy.Copy(file, null, hash, ref canClone);
            return hash.TakeDigest() == blob.Key ? null : "its content is not what its name says";
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    private static string? EntryFault(ContentStore store, StoredFile entry)
    {
        if (store.ReadEntry(entry.Key, ResultEntry.LongestEntry) is not { } bytes)
        {
            return entry.Size > ResultEntry.LongestEntry ? "is too long" : null;
        }

        try
        {
            foreach (BlobReference blob in StoreScan.References(bytes))
            {
                if (!store.HasBlob(blob.Digest, blob.Size))
                {
                    return $"needs the blob {blob.Digest}, which is not there";
                }
            }

            return null;
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }
    }

    /// <summary>
    /// Removes temporary files. Their writers hold the lock, so under an exclusive lock all are left behind.
    /// </summary>
    private static long RemoveTemporaries(ContentStore store)
    {
        long removed = 0;
        foreach (string name in store.Directory.List("tmp"))
        {
            byte[] file = StoreDirectory.Name("tmp/" + name);
            FileLook look = FileLook.At(store.Directory.Descriptor, file, FinalLink.Keep);
            if (FilesAt.Unlink(store.Directory.Descriptor, file) == 0)
            {
                removed += look.Size;
            }
        }

        return removed;
    }

    /// <summary>Says that others keep the store locked.</summary>
    public static CacheException Busy(ContentStore store) =>
        new($"cache {store.Path} is in use by other runs; try again when they have ended");
}
