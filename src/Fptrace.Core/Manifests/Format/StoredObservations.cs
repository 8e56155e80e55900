using Fptrace.Model;

namespace Fptrace.Manifests.Format;

/// <inheritdoc/>
internal sealed class StoredObservations(byte[] index, int rows, int count, int text)
    : StoredEntries<Observation>(index, rows, count, text)
{
    protected override Observation Read(ref ManifestJson line) => ObservationReader.ReadObservation(ref line);

    protected override Observation Read(in StoredEntry entry, ReadOnlySpan<byte> rest)
    {
        bool isLink = entry.Kind == ObservationKind.Link;
        ContentDigest digest = rest.IsEmpty || isLink ? default : ContentDigest.FromBytes(rest);
        return new Observation
        {
            Path = new ByteString(Path(entry)),
            Kind = entry.Kind,
            State = new FileState(entry.Type, entry.Mode, entry.Size, digest, entry.Times),
            Target = isLink ? new ByteString(rest) : default,
        };
    }
}
