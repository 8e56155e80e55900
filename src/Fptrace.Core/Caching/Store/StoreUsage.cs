using System.Globalization;
using System.Text;
using Fptrace.Linux.FileSystem;

namespace Fptrace.Caching.Store;

/// <summary>Counters of a store since it was made or cleared.</summary>
/// <param name="Bytes">What it holds, about: a process that was killed may not have counted; collecting garbage counts
/// afresh.</param>
/// <param name="Hits">Runs that were restored.</param>
/// <param name="Misses">Runs that were looked for in vain.</param>
/// <param name="Stored">Results that were put in.</param>
internal readonly record struct StoreUsage(long Bytes, long Hits, long Misses, long Stored)
{
    private const string File = "usage";
    private const int LongestFile = 256;

    /// <summary>Zeros when there is none, or it is damaged.</summary>
    public static StoreUsage Read(StoreDirectory directory)
    {
        string[] words = Encoding.UTF8.GetString(
            StoreFile.Read(directory.Descriptor, StoreDirectory.Name(File), LongestFile) ?? []).Split(['\n', ' ']);
        return words is ["bytes", var bytes, "hits", var hits, "misses", var misses, "stored", var stored, ""]
            ? new StoreUsage(Parse(bytes), Parse(hits), Parse(misses), Parse(stored))
            : default;
    }

    /// <summary>Reads, changes and writes under a lock. Where that is not possible, nothing is counted.</summary>
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
