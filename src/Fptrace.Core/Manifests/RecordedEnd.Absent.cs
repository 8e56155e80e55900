using Fptrace.Manifests.Interop;
using Fptrace.Model;

namespace Fptrace.Manifests;

/// <summary>What is not there at the end: looked for in vain, or made and removed again.</summary>
internal sealed partial class RecordedEnd
{
    /// <summary>Nothing stands there that this user could see; what stands below a link stands elsewhere.</summary>
    private static bool IsGone(Measure measure, ByteString path) => FileLook.SaysAbsent(measure.Error(path));

    private Observation EndMissed(Measure measure, PathRecord record, ByteString path, int i)
    {
        int error = measure.Error(path);
        if (!FileLook.SaysAbsent(error))
        {
            Refuse(i, $"input appeared{Reasons.WhileItRan}{Words.Of(path)}");
        }
        else if (record.Error != 0 && error != record.Error && !IsBelowOwn(record.Path))
        {
            Refuse(i, $"input changed{Reasons.WhileItRan}{Words.Of(path)}");
        }

        return new Observation { Path = path, Kind = ObservationKind.Absent, Error = AbsenceReason.Name(error) is null ? 0 : error };
    }

    /// <summary>Whether the step made or changed something on the way to a path.</summary>
    private bool IsBelowOwn(ByteString path)
    {
        IReadOnlyDictionary<ByteString, PathRecord> records = _byPath;
        for (int slash = path.Span.LastIndexOf((byte)'/'); slash > 0; slash = path.Span[..slash].LastIndexOf((byte)'/'))
        {
            if (records.TryGetValue(new ByteString(path.Span[..slash]), out PathRecord? above) && above.IsOwn)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Less what lies below another of them, where nothing can stand without that one.</summary>
    /// <param name="paths">Sorted.</param>
    private static List<ByteString> TopMost(IReadOnlyList<ByteString> paths)
    {
        var known = new HashSet<ByteString>(paths, PathBytes.Comparer);
        HashSet<ByteString>.AlternateLookup<ReadOnlySpan<byte>> lookup = known.GetAlternateLookup<ReadOnlySpan<byte>>();
        var top = new List<ByteString>();
        foreach (ByteString path in paths)
        {
            bool isBelow = false;
            for (int slash = path.Span.LastIndexOf((byte)'/'); slash > 0 && !isBelow; slash = path.Span[..slash].LastIndexOf((byte)'/'))
            {
                isBelow = lookup.Contains(path.Span[..slash]);
            }

            if (!isBelow)
            {
                top.Add(path);
            }
        }

        return top;
    }
}
