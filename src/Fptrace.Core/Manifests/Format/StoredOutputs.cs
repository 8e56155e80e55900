namespace Fptrace.Manifests.Format;

/// <inheritdoc/>
internal sealed class StoredOutputs(byte[] text, StoredEntry[] entries, int threads) : StoredEntries<StepOutput>(text, entries, threads)
{
    protected override StepOutput Read(ReadOnlySpan<byte> line)
    {
        ManifestJson json = ManifestJson.OfLine(line);
        return ObservationReader.ReadOutput(ref json);
    }
}
