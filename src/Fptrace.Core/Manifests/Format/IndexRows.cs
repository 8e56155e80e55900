using System.Buffers;
using Fptrace.Model;

namespace Fptrace.Manifests.Format;

/// <summary>Writes observations and outputs as rows of an index, with the text that the rows point into.</summary>
internal sealed class IndexRows
{
    private readonly ArrayBufferWriter<byte> _rows;
    private readonly ArrayBufferWriter<byte> _text;

    public IndexRows(Manifest manifest)
    {
        int count = manifest.Observations.Count + manifest.Outputs.Count;
        _rows = new ArrayBufferWriter<byte>(Math.Max(1, count * StoredEntry.RowLength));
        _text = new ArrayBufferWriter<byte>(64 * (count + 1));
        foreach (Observation observation in manifest.Observations)
        {
            Add(observation);
        }

        foreach (StepOutput output in manifest.Outputs)
        {
            Add(output);
        }
    }

    public ReadOnlySpan<byte> Rows => _rows.WrittenSpan;

    public ReadOnlySpan<byte> Text => _text.WrittenSpan;

    private void Add(Observation observation)
    {
        StoredEntry entry = Of(observation.State, observation.Kind);
        bool hasMore = observation.DigestBefore is not null || observation.Error != 0
            || observation.ErrorBefore is not null || observation.Names is not null || observation.OwnNames.Count > 0
                || observation.TakenNames.Count > 0;
        bool isFixed = observation.Kind is ObservationKind.Absent or ObservationKind.Link || IsFixed(entry);
        entry.IsLine = hasMore || !isFixed;

        // The times decide about a listing, whatever its names are, and about an index, whatever the step's own names
        // are.
        entry.IsPlain = !entry.IsLine || observation.Kind is ObservationKind.Listing or ObservationKind.IndexTimes;
        entry.Start = _text.WrittenCount;
        Append(observation.Path.Span, ref entry);
        if (entry.IsLine)
        {
            ManifestWriter.WriteObservation(new ManifestText(_text), observation);
        }
        else if (observation.Kind == ObservationKind.Link)
        {
            _text.Write(observation.Target.Span);
        }
        else
        {
            AppendDigest(observation.State);
        }

        End(entry);
    }

    private void Add(StepOutput output)
    {
        StoredEntry entry = Of(output.State);
        (entry.PriorState, entry.Opening, entry.IsOver) = (output.PriorState, output.Opening, output.IsOver);
        entry.IsLine = output.Names is not null || output.Attributes.Length > 0 || !IsFixed(entry);
        entry.IsPlain = !entry.IsLine;
        entry.Start = _text.WrittenCount;
        Append(output.Path.Span, ref entry);
        if (entry.IsLine)
        {
            ManifestWriter.WriteOutput(new ManifestText(_text), output);
        }
        else
        {
            AppendDigest(output.State);
        }

        End(entry);
    }

    /// <summary>Whether it is a file or directory, all of which fits into a row, except for the digest.</summary>
    private static bool IsFixed(in StoredEntry entry) => entry.Type is FileType.Regular or FileType.Directory;

    /// <summary>The part of a state that the JSON has, too.</summary>
    private static StoredEntry Of(in FileState state, ObservationKind kind = default)
    {
        bool isFile = state.Type == FileType.Regular;
        return new StoredEntry
        {
            Kind = kind,
            Type = state.Type,
            Mode = (ushort)state.Mode,
            Size = isFile ? state.Size : 0,
            Times = isFile || kind == ObservationKind.Listing ? state.Stamp : default,
        };
    }

    private void Append(ReadOnlySpan<byte> path, ref StoredEntry entry)
    {
        entry.PathLength = (ushort)path.Length;
        _text.Write(path);
    }

    private void AppendDigest(in FileState state)
    {
        if (state.Type == FileType.Regular)
        {
            state.Digest.CopyTo(_text.GetSpan(ContentDigest.Length));
            _text.Advance(ContentDigest.Length);
        }
    }

    private void End(StoredEntry entry)
    {
        entry.Length = _text.WrittenCount - entry.Start - entry.PathLength;
        entry.Write(_rows.GetSpan(StoredEntry.RowLength));
        _rows.Advance(StoredEntry.RowLength);
    }
}
