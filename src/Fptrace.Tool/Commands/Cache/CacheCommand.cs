using Fptrace.Caching;
using Fptrace.Caching.Store;
using Fptrace.Commands.CommandLine;
using Fptrace.Commands.Run;

namespace Fptrace.Commands.Cache;

/// <summary><c>fptrace cache stats|verify|gc|clear</c>.</summary>
internal static class CacheCommand
{
    /// <summary>The exit code of <c>verify</c> when something was damaged.</summary>
    public const int Damaged = 1;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static int Run(CacheOptions options, TextWriter output)
    {
        try
        {
            string path = options.Directory ?? ContentStore.DefaultPath;

            // Open it for reading first, because that does not create a cache.
            using ContentStore? found = ContentStore.Open(path, CacheMode.Read);
            if (found is null)
            {
                output.WriteLine($"there is no cache at {path}");
                return 0;
            }

            if (options.Action == "stats")
            {
                Describe(found, options, output);
                return 0;
            }

            using ContentStore store = ContentStore.Open(path, CacheMode.ReadWrite)!;
            return options.Action switch
            {
                "verify" => Verify(store, output),
                "gc" => Collect(store, options.Size ?? CacheSettings.Limit, output),
                _ => Clear(store, output),
            };
        }
        catch (CacheException e)
        {
            throw new FptraceException(ExitCodes.Usage, e.Message);
        }
    }

    private static int Verify(ContentStore store, TextWriter output)
    {
        IReadOnlyList<string> faults = StoreMaintenance.Verify(store, CancellationToken.None);
        foreach (string fault in faults)
        {
            output.WriteLine(fault);
        }

        CacheStatistics left = StoreMaintenance.Count(store);
        output.WriteLine($"{left.Results} results, {left.PathSets} commands and {left.Blobs} blobs are sound");
        return faults.Count == 0 ? 0 : Damaged;
    }

    private static int Collect(ContentStore store, long limit, TextWriter output)
    {
        CollectedGarbage collected = StoreMaintenance.Collect(store, limit, s_patience, CancellationToken.None)
            ?? throw StoreMaintenance.Busy(store);
        output.WriteLine(
            $"removed {collected.RemovedEntries} entries and {collected.RemovedBlobs} blobs, "
                + $"{ByteSize.Describe(collected.RemovedBytes)}; " +
            $"{ByteSize.Describe(collected.LeftBytes)} are left");
        return 0;
    }

    private static int Clear(ContentStore store, TextWriter output)
    {
        StoreMaintenance.Clear(store, CancellationToken.None);
        output.WriteLine($"{store.Path} is empty");
        return 0;
    }

    private static void Describe(ContentStore store, CacheOptions options, TextWriter output)
    {
        CacheStatistics counted = StoreMaintenance.Count(store);
        long limit = CacheSettings.Limit;
        if (options.Json)
        {
            output.WriteLine(CommandJson.Write(CacheJson.Of(store.Path, counted, limit),
                CommandJson.Readable.CacheJson));
            return;
        }

        long lookups = counted.Hits + counted.Misses;
        output.WriteLine($"cache     {store.Path}");
        output.WriteLine($"size      {ByteSize.Describe(counted.Bytes)} of {ByteSize.Describe(limit)}");
        output.WriteLine(
            $"results   {counted.Results}, of {counted.PathSets} {(counted.PathSets == 1 ? "command" : "commands")}");
        output.WriteLine($"blobs     {counted.Blobs}");
        output.WriteLine($"hits      {counted.Hits} of {lookups} lookups"
            + (lookups > 0 ? $", {100 * counted.Hits / lookups} %" : ""));
        output.WriteLine($"stored    {counted.Stored}");
    }
}
