using Fptrace.Model;

namespace Fptrace.Manifests.Format;

/// <inheritdoc/>
internal sealed class StoredOutputs(byte[] index, int rows, int count, int text)
    : StoredEntries<StepOutput>(index, rows, count, text)
{
    protected override StepOutput Read(ref ManifestJson line) => ObservationReader.ReadOutput(ref line);

    protected override StepOutput Read(in StoredEntry entry, ReadOnlySpan<byte> rest)
    {
        ContentDigest digest = rest.IsEmpty ? default : ContentDigest.FromBytes(rest);
        return new StepOutput
        {
            Path = new ByteString(Path(entry)),
            State = new FileState(entry.Type, entry.Mode, entry.Size, digest, entry.Times),
            PriorState = entry.PriorState,
            Opening = entry.Opening,
            IsOver = entry.IsOver,
        };
    }
}
