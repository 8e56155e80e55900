using Fptrace.Model;

namespace Fptrace.Caching.Keys;

/// <summary>What a strong key leads to: the manifest of the run, and the blobs that restoring it takes.</summary>
/// <param name="Manifest">The manifest as a blob: outputs, deletions, what was printed, the exit code.</param>
/// <param name="Blobs">The contents of the outputs: each content once, sorted by digest.</param>
/// <param name="Ages">For each output of the manifest its rank by modification time; 0 is the oldest.</param>
internal sealed record ResultEntry(BlobReference Manifest, IReadOnlyList<BlobReference> Blobs, IReadOnlyList<int> Ages)
{
    public const string Heading = "fptrace-result 1";

    /// <summary>The longest entry, in bytes. It is enough for a million outputs.</summary>
    public const int LongestEntry = 64 << 20;

    private const long LargestBlob = 1L << 50;

    /// <summary>All blobs that it needs.</summary>
    public IReadOnlyList<BlobReference> References => [Manifest, .. Blobs];

    /// <exception cref="InvalidDataException">The entry is damaged, or is no result.</exception>
    public static ResultEntry Parse(ReadOnlySpan<byte> entry)
    {
        var reader = new EntryReader(entry, Heading);
        BlobReference manifest = reader.Blob(LargestBlob);
        var blobs = new BlobReference[reader.Count(ContentDigest.Length + 1 + EntryReader.ChecksumLength)];
        for (int i = 0; i < blobs.Length; i++)
        {
            blobs[i] = reader.Blob(LargestBlob) with { Checksum = reader.Checksum() };
        }

        int[] ages = new int[reader.Count(1)];
        for (int i = 0; i < ages.Length; i++)
        {
            ages[i] = (int)reader.Number(ages.Length);
        }

        reader.End();
        return new ResultEntry(manifest, blobs, ages);
    }

    public byte[] Serialize()
    {
        var writer = new EntryWriter(Heading);
        writer.Blob(Manifest);
        writer.Number((ulong)Blobs.Count);
        foreach (BlobReference blob in Blobs)
        {
            writer.Blob(blob);
            writer.Checksum(blob.Checksum);
        }

        writer.Number((ulong)Ages.Count);
        foreach (int age in Ages)
        {
            writer.Number((ulong)age);
        }

        return writer.Finish();
    }
}
