namespace Fptrace.Caching;

/// <summary>What a weak key leads to: the path sets that runs of this command had, the most recent first.</summary>
/// <param name="Sets">Blobs, each a <see cref="PathSet"/>; no two are the same.</param>
internal sealed record PathSetList(IReadOnlyList<BlobReference> Sets)
{
    public const string Heading = "fptrace-path-sets 1";

    /// <summary>A command whose observations differ more often than this loses the oldest ones.</summary>
    public const int MostSets = 16;

    /// <summary>Bytes.</summary>
    public const int LongestEntry = 4096;

    private const long LargestSet = 1 << 30;

    public static PathSetList Empty { get; } = new([]);

    /// <exception cref="InvalidDataException">It is damaged, or no list of path sets.</exception>
    public static PathSetList Parse(ReadOnlySpan<byte> entry)
    {
        var reader = new EntryReader(entry, Heading);
        var sets = new BlobReference[reader.Number(MostSets)];
        for (int i = 0; i < sets.Length; i++)
        {
            sets[i] = new BlobReference(reader.Digest(), reader.Number(LargestSet));
        }

        reader.End();
        return new PathSetList(sets);
    }

    public byte[] Serialize()
    {
        var writer = new EntryWriter(Heading);
        writer.Number((ulong)Sets.Count);
        foreach (BlobReference set in Sets)
        {
            writer.Digest(set.Digest);
            writer.Number((ulong)set.Size);
        }

        return writer.Finish();
    }

    /// <summary>The list with this set in front.</summary>
    public PathSetList With(BlobReference set) =>
        Sets.Count > 0 && Sets[0] == set ? this : new([.. Sets.Where(other => other != set).Prepend(set).Take(MostSets)]);
}
