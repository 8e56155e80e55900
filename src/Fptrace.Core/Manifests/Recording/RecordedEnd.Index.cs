using Fptrace.Manifests.Checking;
using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>Observes whether git's index matches the files that the step examined.</summary>
internal sealed partial class RecordedEnd
{
    /// <returns>Null if the step did not read an index, or examined none of its files, so that the cached times do not
    /// matter.</returns>
    private Observation? IndexTimesOf(Measure measure, PathRecord record, ByteString path, in FileState state)
    {
        if (!record.IsRead || state.Type != FileType.Regular || !GitIndex.IsName([.. path.Span, 0]))
        {
            return null;
        }

        // The step's own changes do not count, as everywhere. An empty path means all files of the index.
        bool isUsed = false;
        var own = new List<ByteString>();
        List<ByteString>? names = IndexTimes.Names(record.Path, NoteOwn,
            file => isUsed |= file.IsEmpty || _byPath.ContainsKey(file));
        if (names is null || !isUsed)
        {
            return null;
        }

        own.Sort();
        Observation now =
            measure.Now(new Observation { Path = path, Kind = ObservationKind.IndexTimes, OwnNames = own });
        ContentDigest before = record.IndexTimesBefore is { } then ? IndexTimes.Digest(then, own) : now.State.Digest;
        return now with { DigestBefore = before == now.State.Digest ? null : before };

        void NoteOwn(ByteString name, ByteString file)
        {
            if (_byPath.TryGetValue(file, out PathRecord? used) && used.IsOwn)
            {
                own.Add(name);
            }
        }
    }
}
