using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests.Recording;

/// <summary>Finds what somebody else moved away and back on the way to an input while the command ran.</summary>
/// <remarks>
/// Not every look of the command is seen, so none may have gone by another way. A rename sets the change time of the
/// directory or link, which nobody can set back. Whatever else sets it must not count:
/// <list type="bullet">
/// <item>names that come and go in a directory: they set its modification time to the same;</item>
/// <item>chmod and its kin, and other names of a link: a rename also changes the directory above;</item>
/// <item>what the step itself did.</item>
/// </list>
/// Neither an absent name nor a directory that is merely examined is looked at. If a name comes or goes, the engines
/// see it, and others often set the mode of a directory that they share.
/// </remarks>
internal sealed partial class RecordedEnd
{
    /// <summary>When the run began, as <see cref="FileLook.Now"/>. No change before that has a later time.</summary>
    public long Begin { get; init; }

    /// <summary>The files with several names of which the step changed one, by device and inode.</summary>
    public IReadOnlySet<(ulong Device, ulong Inode)> ChangedByName { get; init; } = new HashSet<(ulong, ulong)>();

    /// <summary>Looks at each directory that leads to an input, once.</summary>
    private void LookAtWays()
    {
        var ways = new HashSet<ByteString>(PathBytes.Comparer);
        HashSet<ByteString>.AlternateLookup<ReadOnlySpan<byte>> known = ways.GetAlternateLookup<ReadOnlySpan<byte>>();
        foreach (PathRecord record in _records)
        {
            bool isListed = record.Names is not null;
            if (record.IsOwn ? record.UsesBefore && record.ExistedBefore
                : isListed || ((record.IsRead || record.IsProbed) && record.Stamp.Type != FileType.Directory))
            {
                Add(record.Path.Span, isListed);
            }
        }

        foreach (ByteString link in _links.Keys)
        {
            Add(link.Span, isListed: false);
        }

        foreach (ByteString way in ways)
        {
            LookAtWay(way);
        }

        void Add(ReadOnlySpan<byte> path, bool isListed)
        {
            for (ReadOnlySpan<byte> way = isListed ? path : Above(path); way.Length > 1 && !known.Contains(way);
                way = Above(way))
            {
                ways.Add(new ByteString(way));
            }
        }
    }

    private void LookAtWay(ByteString directory)
    {
        byte[] path = [.. directory.Span, 0];
        FileLook look = FileLook.At(fcntl.AT_FDCWD, path, FinalLink.Keep);
        long lag = look.Times.ChangedNs - look.Times.ModifiedNs;
        if (look.Type == FileType.Directory
            && lag != 0
            && IsSinceBegin(look.Times)
            && !IsOwnOrIgnored(directory)
            && ChangeTimes.Lag(path) is { } usual
            && (lag < 0 || lag > usual)
            && MayHaveMoved(directory, look.Times))
        {
            Refuse(_records.Count, $"directory changed{Reasons.WhileItRan}{Words.Of(Stored(directory))}");
        }
    }

    /// <summary>Whether somebody has moved the file away and back: another one may have been read meanwhile.</summary>
    /// <remarks>
    /// A new or lost name changes the same time, and the step may make or remove names of its inputs. If somebody else
    /// does that to a file with several names, their number differs then, or the directory of this name is as it was.
    /// </remarks>
    private bool WasElsewhere(PathRecord record, in FileLook now) =>
        now.Times.ChangedNs != record.Stamp.ChangedNs
        && now.Links == record.Stamp.Links
        && !record.IsLinked
        && (now.Links == 1
            || (!ChangedByName.Contains((now.Device, now.Times.Inode))
            && ChangeTimes.AreOurs([.. record.Path.Span, 0])
            && MayHaveMoved(record.Path, now.Times)));

    /// <summary>Whether somebody has moved the link away and back, or has made it anew.</summary>
    private bool WasLinkElsewhere(ByteString link)
    {
        byte[] path = [.. link.Span, 0];
        FileLook look = FileLook.At(fcntl.AT_FDCWD, path, FinalLink.Keep);
        return look is { Type: FileType.Symlink, Links: 1 }
            && IsSinceBegin(look.Times)
            && !(_byPath.TryGetValue(link, out PathRecord? record) && record.IsLinked)
            && !ChangedByName.Contains((look.Device, look.Times.Inode))
            && ChangeTimes.AreOurs([.. Above(link.Span), (byte)'/', 0])
            && MayHaveMoved(link, look.Times);
    }

    /// <summary>
    /// Whether it has changed during the run. A time ahead of the clock is from before, when the clock was wrong.
    /// </summary>
    private bool IsSinceBegin(in FileTimes times) =>
        times.ChangedNs >= Begin && times.ChangedNs <= FileLook.Now();

    private bool IsOwnOrIgnored(ByteString path) =>
        (_byPath.TryGetValue(path, out PathRecord? record) && record.IsOwn) || _ignore.Matches(Stored(path).Span);

    /// <summary>Whether a name in the directory above has changed when this was changed, or later.</summary>
    private static bool MayHaveMoved(ByteString path, in FileTimes times)
    {
        FileLook above = FileLook.At(fcntl.AT_FDCWD, [.. Above(path.Span), (byte)'/', 0], FinalLink.Follow);
        return !above.Exists || above.Times.ModifiedNs >= times.ChangedNs - ChangeTimes.WithinRename;
    }

    /// <summary>The directory above; empty for the root directory.</summary>
    private static ReadOnlySpan<byte> Above(ReadOnlySpan<byte> path) =>
        path[..Math.Max(path.LastIndexOf((byte)'/'), 0)];
}
