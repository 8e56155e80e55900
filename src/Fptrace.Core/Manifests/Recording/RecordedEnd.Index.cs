using Fptrace.Manifests.Checking;
using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>Git's index, and whether it fits the files that the step looked at.</summary>
internal sealed partial class RecordedEnd
{
    /// <returns>Null where no index was read, or none of its files was looked at: then it does not matter what it
    /// remembers of them.</returns>
    private Observation? IndexTimesOf(Measure measure, PathRecord record, ByteString path, in FileState state)
    {
        if (!record.IsRead || state.Type != FileType.Regular || !GitIndex.IsName([.. path.Span, 0]))
        {
            return null;
        }

        // What the step itself has made of a file does not count, as everywhere; no path stands for all of them.
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
