using Fptrace.Posix;

namespace Fptrace.Manifests.Format;

/// <summary>Reads a manifest whose lines stand as <see cref="ManifestWriter"/> writes them, with several threads and without an object for each line.</summary>
/// <remarks>
/// Cuts observations and outputs out of the text, at line breaks, which no JSON string can hold, and has the rest read by <see cref="ManifestReader"/>. It
/// accepts nothing that this one would not accept of the whole text. On this way are only calls of which native code is at hand in a task of MSBuild: EndsWith
/// of bytes and AsSpan of a range are not, and each build would compile them anew.
/// </remarks>
internal static class StoredManifest
{
    private const int FewBytes = 4 * StoredLines.Block;

    private static ReadOnlySpan<byte> ObservationsStart => "\n  \"observations\": ["u8;

    private static ReadOnlySpan<byte> OutputsStart => "],\n  \"outputs\": ["u8;

    private static ReadOnlySpan<byte> DeletionsStart => "],\n  \"deletions\": ["u8;

    /// <param name="text">Kept by the manifest; nobody changes it. Its schema is known to be the right one.</param>
    /// <param name="threads">At most; 0: as many as there are processors.</param>
    /// <returns>Null when it is not as usual, or wrong: then the other reader knows.</returns>
    public static Manifest? TryRead(byte[] text, int threads)
    {
        int start = text.AsSpan().IndexOf(ObservationsStart);
        if (start < 0
            || Lines(text, start + ObservationsStart.Length, OutputsStart, out int next) is not { } observed
            || Lines(text, next, DeletionsStart, out _) is not { } made)
        {
            return null;
        }

        threads = text.Length < FewBytes ? 1 : Workers.Count(threads, text.Length / StoredLines.Block);
        var observations = new StoredLines(text, observed, isOutput: false, threads);
        var outputs = new StoredLines(text, made, isOutput: true, threads);
        bool isWhole = false;

        // The checksum is the largest piece, so it comes first.
        Workers.Run(1 + observations.Blocks + outputs.Blocks, threads, piece =>
        {
            if (piece == 0)
            {
                isWhole = ManifestReader.HasRightChecksum(text);
            }
            else if (piece <= observations.Blocks)
            {
                observations.Read(piece - 1);
            }
            else
            {
                outputs.Read(piece - 1 - observations.Blocks);
            }
        });
        return isWhole && observations.AreSound() && outputs.AreSound()
            ? ManifestReader.ReadRest(
                [.. text.AsSpan(0, observed.Start.Value), .. text.AsSpan(observed.End.Value, made.Start.Value - observed.End.Value), .. text.AsSpan(made.End.Value)],
                new StoredObservations(text, observations.Entries, threads),
                new StoredOutputs(text, outputs.Entries, threads))
            : null;
    }

    /// <summary>The lines of an array, from the break before the first to the end of the last.</summary>
    /// <param name="text">Of the manifest.</param>
    /// <param name="start">After the bracket that opens it.</param>
    /// <param name="follower">The bracket that closes it, and the property after it.</param>
    /// <param name="next">After the follower.</param>
    private static Range? Lines(byte[] text, int start, ReadOnlySpan<byte> follower, out int next)
    {
        // From the end, where less stands most of the time.
        int length = text.AsSpan(start).LastIndexOf(follower);
        int end = start + length;
        next = end + follower.Length;
        return length == 0 ? start..start
            : length > 3 && text[start] == (byte)'\n' && text.AsSpan(start + length - 3, 3).SequenceEqual("\n  "u8) ? start..(end - 3)
            : null;
    }
}
