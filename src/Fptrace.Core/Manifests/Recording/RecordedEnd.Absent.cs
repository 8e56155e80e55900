using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests.Recording;

/// <summary>
/// Handles what does not exist at the end: the step looked for it in vain, or made it and removed it.
/// </summary>
internal sealed partial class RecordedEnd
{
    /// <summary>Whether nothing exists at the path that this user can see. What is below a link is elsewhere.</summary>
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

        int now = Told(error);
        int seen = record.Error == 0 ? now : Told(record.Error);

        // A check finds the error as the step's work has made it. A lookup in the cache, before the run, finds the
        // earlier one.
        return new Observation
        {
            Path = path,
            Kind = ObservationKind.Absent,
            Error = now,
            ErrorBefore = seen == now ? null : seen,
        };
    }

    private static int Told(int error) => AbsenceReason.Name(error) is null ? 0 : error;

    /// <summary>Whether the step made or changed anything on the way to the path.</summary>
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

    /// <summary>The directories in which the step removed something.</summary>
    /// <remarks>Without them the step could not have done that, and no output names them.</remarks>
    private List<Observation> PlacesOfGone()
    {
        var known = new HashSet<ByteString>(PathBytes.Comparer);
        var places = new List<Observation>();
        for (int i = 0; i < _records.Count; i++)
        {
            ReadOnlySpan<byte> path = _records[i].Path.Span;
            if ((!_deleted[i] && !_temporary[i]) || path.LastIndexOf((byte)'/') is not (> 0 and int slash))
            {
                continue;
            }

            var directory = new ByteString(path[..slash]);
            bool isTold = _byPath.TryGetValue(directory, out PathRecord? record) && (record.IsOwn || record.IsObserved);
            ByteString stored = Stored(directory);
            if (isTold || !known.Add(directory) || LinkResolver.IsKernels(directory.Span)
                || _ignore.Matches(stored.Span))
            {
                continue;
            }

            FileLook look = FileLook.At(fcntl.AT_FDCWD, [.. directory.Span, 0], FinalLink.Keep);
            if (look.Type == FileType.Directory)
            {
                places.Add(new Observation
                {
                    Path = stored,
                    Kind = ObservationKind.Existence,
                    State = new FileState(look.Type, look.Mode, 0, default, default),
                });
            }
        }

        return places;
    }

    /// <summary>
    /// The paths without those below another one: nothing can exist there if the upper path does not exist.
    /// </summary>
    /// <param name="paths">Sorted paths.</param>
    private static List<ByteString> TopMost(IReadOnlyList<ByteString> paths)
    {
        var known = new HashSet<ByteString>(paths, PathBytes.Comparer);
        HashSet<ByteString>.AlternateLookup<ReadOnlySpan<byte>> lookup = known.GetAlternateLookup<ReadOnlySpan<byte>>();
        var top = new List<ByteString>();
        foreach (ByteString path in paths)
        {
            bool isBelow = false;
            for (int slash = path.Span.LastIndexOf((byte)'/'); slash > 0 && !isBelow;
                slash = path.Span[..slash].LastIndexOf((byte)'/'))
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
