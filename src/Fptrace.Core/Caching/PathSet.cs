using Fptrace.Manifests;
using Fptrace.Model;

namespace Fptrace.Caching;

/// <summary>Which observations a run made, without what it saw.</summary>
/// <param name="Observations">Paths, kinds and own names; states are empty.</param>
internal sealed record PathSet(IReadOnlyList<Observation> Observations)
{
    /// <summary>Bytes.</summary>
    public const int LongestSet = 1 << 28;

    private const string Heading = "fptrace-path-set 1";

    public static PathSet Of(Manifest manifest) => new(
    [
        .. manifest.Observations.Select(observation => new Observation
        {
            Path = observation.Path,
            Kind = observation.Kind,
            OwnNames = observation.OwnNames,
        }),
    ]);

    /// <exception cref="InvalidDataException">It is damaged, or no path set.</exception>
    public static PathSet Parse(ReadOnlySpan<byte> blob)
    {
        var reader = new EntryReader(blob, Heading);
        var observations = new Observation[reader.Count(3)];
        for (int i = 0; i < observations.Length; i++)
        {
            var kind = (ObservationKind)reader.Number(byte.MaxValue);
            ByteString path = reader.Text();
            if (!Enum.IsDefined(kind) || !StoredPath.IsValid(path.Span))
            {
                throw new InvalidDataException("holds an observation that cannot be");
            }

            var names = new ByteString[reader.Count(1)];
            for (int j = 0; j < names.Length; j++)
            {
                names[j] = reader.Text();
            }

            observations[i] = new Observation { Path = path, Kind = kind, OwnNames = names };
        }

        reader.End();
        return new PathSet(observations);
    }

    public byte[] Serialize()
    {
        var writer = new EntryWriter(Heading);
        writer.Number((ulong)Observations.Count);
        foreach (Observation observation in Observations)
        {
            writer.Number((ulong)observation.Kind);
            writer.Text(observation.Path);
            writer.Number((ulong)observation.OwnNames.Count);
            foreach (ByteString name in observation.OwnNames)
            {
                writer.Text(name);
            }
        }

        return writer.Finish();
    }
}
