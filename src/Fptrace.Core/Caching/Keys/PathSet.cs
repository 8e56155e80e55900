using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Caching.Keys;

/// <summary>Which observations a run made, without what it saw.</summary>
/// <param name="Observations">Each has a path, a kind and the step's own names. The state is empty, but tells whether
/// the path itself is a symbolic link. <c>Names</c> is not null where names are to be listed.</param>
internal sealed record PathSet(IReadOnlyList<Observation> Observations)
{
    /// <summary>The longest serialized set, in bytes.</summary>
    public const int LongestSet = 1 << 28;

    private const string Heading = "fptrace-path-set 2";
    private static readonly FileState Link = new(FileType.Symlink, 0, 0, default, default);

    public static PathSet Of(Manifest manifest) => new(
    [
        .. manifest.Observations.Select(observation => new Observation
        {
            Path = observation.Path,
            Kind = observation.Kind,
            OwnNames = NotTaken(observation),
            State = observation.State.Type == FileType.Symlink ? Link : default,
            Names = observation is { Kind: ObservationKind.ReadModifyWrite, Names: not null } ? [] : null,
        }),
    ]);

    /// <summary>
    /// The step's own names, without those that stood there when it listed the directory. A lookup comes before the
    /// run, so it must find these, and ignores only the others.
    /// </summary>
    private static IReadOnlyList<ByteString> NotTaken(Observation listing)
    {
        if (listing.TakenNames.Count == 0)
        {
            return listing.OwnNames;
        }

        var taken = listing.TakenNames.Select(name => new ByteString(ListedName.Bare(name.Span))).ToHashSet();
        return [.. listing.OwnNames.Where(name => !taken.Contains(name))];
    }

    /// <exception cref="InvalidDataException">The blob is damaged, or is no path set.</exception>
    public static PathSet Parse(ReadOnlySpan<byte> blob)
    {
        var reader = new EntryReader(blob, Heading);
        var observations = new Observation[reader.Count(5)];
        for (int i = 0; i < observations.Length; i++)
        {
            var kind = (ObservationKind)reader.Number(byte.MaxValue);
            bool isLink = reader.Number(1) == 1;
            bool hasNames = reader.Number(1) == 1;
            ByteString path = reader.Text();
            if (!Enum.IsDefined(kind) || !StoredPath.IsValid(path.Span))
            {
                throw new InvalidDataException("holds an observation that cannot be");
            }

            var names = new ByteString[reader.Count(1)];
            for (int j = 0; j < names.Length; j++)
            {
                names[j] = reader.Text();
                if (!StoredPath.IsValidName(names[j].Span))
                {
                    throw new InvalidDataException("holds a name that cannot be");
                }
            }

            observations[i] = new Observation
            {
                Path = path,
                Kind = kind,
                OwnNames = names,
                State = isLink ? Link : default,
                Names = hasNames ? [] : null,
            };
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
            writer.Number(observation.State.Type == FileType.Symlink ? 1UL : 0);
            writer.Number(observation.Names is not null ? 1UL : 0);
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
