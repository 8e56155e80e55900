using Fptrace.Manifests;
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
        BlobReference manifest = Blob(ref reader);
        var blobs = new BlobReference[reader.Count(ContentDigest.Length + 1 + EntryReader.ChecksumLength)];
        for (int i = 0; i < blobs.Length; i++)
        {
            blobs[i] = Blob(ref reader) with { Checksum = reader.Checksum() };
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
        Write(writer, Manifest);
        writer.Number((ulong)Blobs.Count);
        foreach (BlobReference blob in Blobs)
        {
            Write(writer, blob);
            writer.Checksum(blob.Checksum);
        }

        writer.Number((ulong)Ages.Count);
        foreach (int age in Ages)
        {
            writer.Number((ulong)age);
        }

        return writer.Finish();
    }

    private static BlobReference Blob(ref EntryReader reader) => new(reader.Digest(), reader.Number(LargestBlob));

    private static void Write(EntryWriter writer, BlobReference blob)
    {
        writer.Digest(blob.Digest);
        writer.Number((ulong)blob.Size);
    }
}
