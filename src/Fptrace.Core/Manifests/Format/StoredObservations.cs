namespace Fptrace.Manifests.Format;

/// <inheritdoc/>
internal sealed class StoredObservations(byte[] text, StoredEntry[] entries, int threads) : StoredEntries<Observation>(text, entries, threads)
{
    protected override Observation Read(ReadOnlySpan<byte> line)
    {
        ManifestJson json = ManifestJson.OfLine(line);
        return ObservationReader.ReadObservation(ref json);
    }
}
