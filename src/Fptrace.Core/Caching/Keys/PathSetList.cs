namespace Fptrace.Caching.Keys;

/// <summary>What a weak key leads to: the path sets that runs of this command had, the most recent first.</summary>
/// <param name="Sets">No two have the same set.</param>
internal sealed record PathSetList(IReadOnlyList<KnownPathSet> Sets)
{
    public const string Heading = "fptrace-path-sets 1";

    /// <summary>How many path sets a step keeps. Beyond that, the oldest is dropped.</summary>
    public const int MostSets = 16;

    /// <summary>The longest serialized list, in bytes.</summary>
    public const int LongestEntry = 4096;

    private const long LargestBlob = 1 << 30;

    public static PathSetList Empty { get; } = new([]);

    /// <summary>All blobs that it needs.</summary>
    public IReadOnlyList<BlobReference> References =>
        [.. Sets.SelectMany(known => new[] { known.Set, known.Manifest })];

    /// <exception cref="InvalidDataException">The entry is damaged, or is no list of path sets.</exception>
    public static PathSetList Parse(ReadOnlySpan<byte> entry)
    {
        var reader = new EntryReader(entry, Heading);
        var sets = new KnownPathSet[reader.Number(MostSets)];
        for (int i = 0; i < sets.Length; i++)
        {
            sets[i] = new KnownPathSet(reader.Blob(LargestBlob), reader.Blob(LargestBlob));
        }

        reader.End();
        return new PathSetList(sets);
    }

    public byte[] Serialize()
    {
        var writer = new EntryWriter(Heading);
        writer.Number((ulong)Sets.Count);
        foreach (KnownPathSet known in Sets)
        {
            writer.Blob(known.Set);
            writer.Blob(known.Manifest);
        }

        return writer.Finish();
    }

    /// <summary>The list with this set in front.</summary>
    public PathSetList With(KnownPathSet first) =>
        Sets.Count > 0 && Sets[0] == first
            ? this
            : new([.. Sets.Where(other => other.Set != first.Set).Prepend(first).Take(MostSets)]);
}
