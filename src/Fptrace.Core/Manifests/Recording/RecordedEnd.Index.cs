using Fptrace.Manifests.Checking;
using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>Observes whether git's index matches the files that the step examined.</summary>
internal sealed partial class RecordedEnd
{
    private readonly List<Observation> _indexTimes = [];

    /// <summary>
    /// If the step did not read an index, or examined none of its files, the cached times do not matter.
    /// </summary>
    private void NoteIndexTimes(Measure measure, PathRecord record, ByteString path, in FileState state)
    {
        if (!record.IsRead || state.Type != FileType.Regular || !GitIndex.IsName([.. path.Span, 0]))
        {
            return;
        }

        // The step's own changes do not count, as everywhere. An empty path means all files of the index.
        bool isUsed = false;
        var own = new List<ByteString>();
        List<ByteString>? names = IndexTimes.Names(record.Path, NoteOwn,
            file => isUsed |= file.IsEmpty || _byPath.ContainsKey(file));
        if (names is null || !isUsed)
        {
            return;
        }

        own.Sort();
        Observation now =
            measure.Now(new Observation { Path = path, Kind = ObservationKind.IndexTimes, OwnNames = own });
        ContentDigest before = record.IndexTimesBefore is { } then ? IndexTimes.Digest(then, own) : now.State.Digest;
        lock (_indexTimes)
        {
            _indexTimes.Add(now with { DigestBefore = before == now.State.Digest ? null : before });
        }

        void NoteOwn(ByteString name, ByteString file)
        {
            if (_byPath.TryGetValue(file, out PathRecord? used) && used.IsOwn)
            {
                own.Add(name);
            }
        }
    }
}
