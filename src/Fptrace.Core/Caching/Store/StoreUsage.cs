using System.Globalization;
using System.Text;
using Fptrace.Linux.FileSystem;

namespace Fptrace.Caching.Store;

/// <summary>Counters of a store since it was created or cleared.</summary>
/// <param name="Bytes">Roughly the bytes in the store. A killed process may not have counted; a collection counts
/// anew.</param>
/// <param name="Hits">Runs that were restored.</param>
/// <param name="Misses">Lookups that found no result.</param>
/// <param name="Stored">Runs that were stored.</param>
internal readonly record struct StoreUsage(long Bytes, long Hits, long Misses, long Stored)
{
    private const string File = "usage";
    private const int LongestFile = 256;

    /// <summary>Reads the counters. They are 0 when there are none, or the file is damaged.</summary>
    public static StoreUsage Read(StoreDirectory directory)
    {
        string[] words = Encoding.UTF8.GetString(
            StoreFile.Read(directory.Descriptor, StoreDirectory.Name(File), LongestFile) ?? []).Split(['\n', ' ']);
        return words is ["bytes", var bytes, "hits", var hits, "misses", var misses, "stored", var stored, ""]
            ? new StoreUsage(Parse(bytes), Parse(hits), Parse(misses), Parse(stored))
            : default;
    }

    /// <summary>Changes the counters under a lock. Counts nothing if it cannot lock or write the file.</summary>
    /// <returns>The new counters.</returns>
    public static StoreUsage Change(StoreDirectory directory, Func<StoreUsage, StoreUsage> change)
    {
        using StoreLock? taken = directory.Lock("usage.lock", LockKind.Exclusive, TimeSpan.FromSeconds(1),
            CancellationToken.None);
        StoreUsage usage = Read(directory);
        if (taken is not null)
        {
            usage = change(usage);
            try
            {
                directory.WriteFile(File, usage.ToString());
            }
            catch (CacheException)
            {
                // A counter is not worth a failure.
            }
        }

        return usage;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"bytes {Bytes}\nhits {Hits}\nmisses {Misses}\nstored {Stored}\n");

    private static long Parse(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0;
}
