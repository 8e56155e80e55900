using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>From the paths of accesses to records: without links, without what does not count.</summary>
public sealed partial class ManifestRecorder
{
    /// <summary>The record of what a path leads to; null when it does not count.</summary>
    private PathRecord? Followed(ByteString path)
    {
        if (!_followed.TryGetValue(path, out PathRecord? record))
        {
            ByteString target = _links.Resolve(path.Span, follow: true);
            record = target.IsEmpty ? null : RecordOf(target);
            if (record is { IsObserved: false, IsOwn: false })
            {
                record.Error = _links.Error;
            }

            _followed.Add(path, record);
            Pass();
        }

        return record;
    }

    /// <summary>The record of a name itself, be it a link; null when it does not count.</summary>
    private PathRecord? Named(ReadOnlySpan<byte> path) => RecordOf(_links.Resolve(path, follow: false));

    /// <summary>Observes what the way to the last path led through.</summary>
    private void Pass()
    {
        foreach (ByteString passed in _links.Passed)
        {
            Observe(RecordOf(passed), FileLook.StampOf(passed.Span), content: false);
        }

        _links.Passed.Clear();
    }

    private PathRecord? RecordOf(ByteString path)
    {
        if (_records.TryGetValue(path, out PathRecord? record))
        {
            return record;
        }

        if (LinkResolver.IsKernels(path.Span) || IsIgnored(path))
        {
            return null;
        }

        if (path.Length >= StoredPath.LongestPath)
        {
            Refuse($"a path is too long to be looked at again: {Shown(path.Span)}");
            return null;
        }

        record = new PathRecord(path);
        _records.Add(path, record);
        return record;
    }

    private bool IsIgnored(ByteString path) => _ignore.Matches(StoredPath.Shorten(path.Span, _step.Root).Span);

    /// <summary>What is missing in a directory that the step made is the step's own doing.</summary>
    private bool IsInOwnDirectory(ReadOnlySpan<byte> path)
    {
        if (_ownDirectories.Count == 0)
        {
            return false;
        }

        HashSet<ByteString>.AlternateLookup<ReadOnlySpan<byte>> directories = _ownDirectories.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (int slash = path.LastIndexOf((byte)'/'); slash > 0; slash = path[..slash].LastIndexOf((byte)'/'))
        {
            if (directories.Contains(path[..slash]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory) =>
        path.Length > directory.Length && path[directory.Length] == (byte)'/' && path.StartsWith(directory);

    // Directories change with every name that is made in them; listings say whether that matters.
    private static bool IsSame(in FileStamp one, in FileStamp other) => one.Type == other.Type
        && (one.Type != FileType.Regular
            || (one.Inode == other.Inode && one.Device == other.Device && one.Size == other.Size && one.ModifiedNs == other.ModifiedNs));

    private string Shown(ReadOnlySpan<byte> path) => Words.Of(StoredPath.Shorten(path, _step.Root));
}
