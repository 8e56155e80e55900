using Fptrace.Caching.Keys;
using Fptrace.Caching.Store;
using Fptrace.Linux.FileSystem;
using Fptrace.Manifests;
using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Caching.Restoring;

/// <summary>Puts one run into the store: first the blobs, then the entries that need them.</summary>
internal static class Publication
{
    /// <returns>Null and the bytes that the store has grown by, or why the run cannot be stored.</returns>
    public static (string? Fault, long Added) Run(ContentStore store, Manifest manifest, ContentDigest environment,
        bool anywhere, CancellationToken cancellation)
    {
        if (Fault(manifest) is string fault)
        {
            return (fault, 0);
        }

        try
        {
            using var root = RootDirectory.Open(manifest.Step.Root);
            long added = 0;
            var blobs = new SortedDictionary<string, BlobReference>(StringComparer.Ordinal);
            long[] times = new long[manifest.Outputs.Count];
            for (int i = 0; i < times.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                times[i] = Put(store, root, manifest.Outputs[i], blobs, ref added);
            }

            added += PutEntries(store, manifest, environment, anywhere, [.. blobs.Values], Ranks(times));
            return (null, added);
        }
        catch (RestoreException e)
        {
            return (e.Message, 0);
        }
        catch (IOException e)
        {
            return ($"the cache cannot be written: {e.Message}; make room or name another directory with --cache=DIR, "
                + "or use --cache-mode read", 0);
        }
    }

    /// <summary>Why a run cannot be stored, in one line; null if it can.</summary>
    private static string? Fault(Manifest manifest)
    {
        if (!manifest.Passes)
        {
            return manifest.Refusals[0];
        }

        foreach (StepOutput output in manifest.Outputs)
        {
            if (RestorePlan.Fault(output) is string fault)
            {
                return $"output {output.Path} {fault}";
            }
        }

        foreach (ByteString path in manifest.Deletions)
        {
            if (RestorePlan.PathFault(path) is string fault)
            {
                return $"deleted {path} {fault}";
            }
        }

        return null;
    }

    /// <returns>The modification time of the output.</returns>
    /// <exception cref="RestoreException">The output is not as the manifest describes it.</exception>
    private static long Put(ContentStore store, RootDirectory root, StepOutput output,
        SortedDictionary<string, BlobReference> blobs, ref long added)
    {
        FileLook look = root.Look(output.Path);
        if (look.Exists && ExtraAttributes.Fault(root.Attributes(output.Path)) is string fault)
        {
            throw new RestoreException($"output {output.Path} {fault}");
        }

        if (look.Type != output.State.Type
            || (look.Type == FileType.Symlink
                ? root.ReadLink(output.Path) != output.Target
                : look.Mode != output.State.Mode))
        {
            throw Changed(output);
        }

        if (look.Type == FileType.Regular)
        {
            ContentDigest digest = output.State.Digest;
            using SafeFileHandle file = root.OpenRead(output.Path);
            BlobReference blob = store.Put(file, digest, output.State.Size, out long size) ?? throw Changed(output);
            blobs.TryAdd(digest.ToString(), blob);
            added += size;
        }

        return look.Times.ModifiedNs;
    }

    /// <returns>The bytes that the store has grown by.</returns>
    internal static long PutEntries(ContentStore store, Manifest manifest, ContentDigest environment, bool anywhere,
        IReadOnlyList<BlobReference> blobs, int[] ages)
    {
        ReadOnlyMemory<byte> text = ManifestWriter.Write(Bare(manifest, environment));
        var stored = new BlobReference(store.Put(text.Span, out long manifestAdded), text.Length);
        byte[] set = PathSet.Of(manifest).Serialize();
        var known = new KnownPathSet(new BlobReference(store.Put(set, out long setAdded), set.Length), stored);
        ContentDigest weak = CacheKey.Weak(manifest.Step, environment, anywhere);
        byte[] result = new ResultEntry(stored, blobs, ages).Serialize();
        store.PutEntry(CacheKey.Strong(weak, known.Set.Digest, manifest.Observations), result);
        if (LeftState.Of(manifest) is { } left)
        {
            store.PutEntry(CacheKey.Left(weak, known.Set.Digest, left), result);
        }

        // Change the list under a lock. Otherwise, if two runs ended at the same time, one would lose its path set.
        using StoreLock? taken = store.Directory.Lock("sets.lock", LockKind.Exclusive, TimeSpan.FromSeconds(5),
            CancellationToken.None);
        PathSetList list = ReadList(store, weak);
        store.PutEntry(weak, list.With(known).Serialize());
        return manifestAdded + setAdded + result.Length + PathSetList.LongestEntry;
    }

    private static PathSetList ReadList(ContentStore store, ContentDigest weak)
    {
        try
        {
            return store.ReadEntry(weak, PathSetList.LongestEntry) is { } entry
                ? PathSetList.Parse(entry)
                : PathSetList.Empty;
        }
        catch (InvalidDataException)
        {
            return PathSetList.Empty;
        }
    }

    /// <summary>
    /// The manifest without stamps, which hold in this tree only, and without digests that depend on the user's key.
    /// </summary>
    /// <remarks>Equal runs then make equal blobs.</remarks>
    private static Manifest Bare(Manifest manifest, ContentDigest environment) => manifest with
    {
        Environment = new EnvironmentDigests { Sum = environment },
        Left = [],
        Observations =
            [.. manifest.Observations.Select(seen => seen with { State = seen.State with { Stamp = default } })],
        Outputs = [.. manifest.Outputs.Select(output => output with { State = output.State with { Stamp = default } })],
    };

    /// <summary>For each time, how many different times are before it.</summary>
    private static int[] Ranks(long[] times)
    {
        long[] sorted = [.. times.Distinct().Order()];
        return [.. times.Select(time => Array.BinarySearch(sorted, time))];
    }

    private static RestoreException Changed(StepOutput output) =>
        new($"output {output.Path} changed after the command had ended");
}
