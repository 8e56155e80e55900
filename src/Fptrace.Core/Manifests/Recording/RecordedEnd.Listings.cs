using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests.Recording;

/// <summary>Handles directories that the step listed, and the names in them that are its own work.</summary>
internal sealed partial class RecordedEnd
{
    private Observation EndListing(Measure measure, PathRecord record, ByteString path, int i)
    {
        List<ByteString> own = _ownNames.GetValueOrDefault(record.Path) ?? [];
        var listing = new Observation { Path = path, Kind = ObservationKind.Listing, OwnNames = own };
        Observation now = IsGone(measure, path) ? listing : measure.Now(listing);
        var ownNames = new HashSet<ByteString>(own, PathBytes.Comparer);
        if (now.Names is null || now.State.Mode != record.Stamp.Mode
            || !AreSame(now.Names, record.Names!, name => IsLeftOut(record.Path, name, ownNames)))
        {
            Refuse(i, $"directory changed{Reasons.WhileItRan}{Words.Of(path)}");
        }

        // Own names that are gone again need not be stored.
        return now with
        {
            OwnNames = [.. own.Where(name => Remains(record.Path, name))],
            TakenNames = own.Count == 0 ? []
                : [.. record.Names!.Where(name => IsTaken(record.Path, name, ownNames))],
        };
    }

    // A name that is there now was not left out, so few need to be matched again.
    private static bool AreSame(
        IReadOnlyList<ByteString> now, IReadOnlyList<ByteString> then, Func<ByteString, bool> isLeftOut)
    {
        int next = 0;
        foreach (ByteString name in then)
        {
            if (next < now.Count && now[next] == name)
            {
                next++;
            }
            else if (!isLeftOut(name))
            {
                return false;
            }
        }

        return next == now.Count;
    }

    private bool IsLeftOut(ByteString directory, ByteString name, HashSet<ByteString> ownNames)
    {
        var bare = new ByteString(ListedName.Bare(name.Span));
        return ownNames.Contains(bare) || _ignoredNames.Matches(Stored(Join(directory, bare)).Span);
    }

    private bool Remains(ByteString directory, ByteString name)
    {
        PathRecord record = _byPath[Join(directory, name)];
        return record.ExistedBefore || !FileLook.At(fcntl.AT_FDCWD, [.. record.Path.Span, 0], FinalLink.Keep).IsAbsent;
    }

    private static ByteString Join(ByteString directory, ByteString name) =>
        new(directory.Length == 1 ? [(byte)'/', .. name.Span] : [.. directory.Span, (byte)'/', .. name.Span]);

    /// <summary>The names that are the step's own work, by listed directory.</summary>
    private Dictionary<ByteString, List<ByteString>> OwnNames()
    {
        var listed = _records.Where(record => record.Names is not null)
            .ToDictionary(record => record.Path, _ => new List<ByteString>(), PathBytes.Comparer);
        if (listed.Count == 0)
        {
            return listed;
        }

        foreach (PathRecord record in _records.Where(record => record.IsOwn))
        {
            int slash = record.Path.Span.LastIndexOf((byte)'/');
            if (listed.GetAlternateLookup<ReadOnlySpan<byte>>()
                .TryGetValue(slash == 0 ? "/"u8 : record.Path.Span[..slash], out List<ByteString>? names))
            {
                names.Add(new ByteString(record.Path.Span[(slash + 1)..]));
            }
        }

        return listed;
    }
}
