using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>Finds the records for the paths of accesses, without links and without what is ignored.</summary>
public sealed partial class ManifestRecorder
{
    // What takes longer than to look up the record.
    private readonly Dictionary<SeenPath, PathRecord?> _followed = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<object> _met = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<ByteString, ByteString> _links = [];

    /// <summary>The record of the file that a path led to; null if it does not count.</summary>
    private PathRecord? Followed(SeenPath? seen)
    {
        if (seen is null)
        {
            return null;
        }

        if (!_followed.TryGetValue(seen, out PathRecord? record))
        {
            Meet(seen);
            record = seen.Path.IsEmpty ? null : RecordOf(seen.Path);
            if (record is { IsObserved: false, IsOwn: false })
            {
                record.Error = seen.Error;
            }

            Pass(seen);
            if (record is null || seen.Links.Count + seen.Passed.Count > 0)
            {
                _followed.Add(seen, record);
            }
        }

        return record;
    }

    /// <summary>The record of a path whose final link is kept; null if it does not count.</summary>
    private PathRecord? Named(SeenPath? seen)
    {
        if (seen is null)
        {
            return null;
        }

        Meet(seen);
        Pass(seen);
        return seen.Path.IsEmpty ? null : RecordOf(seen.Path);
    }

    /// <summary>Records the links on the way, each once.</summary>
    private void Meet(SeenPath seen)
    {
        foreach (SeenLink link in seen.Links)
        {
            if (_met.Add(link))
            {
                bool isNew = !_links.ContainsKey(link.Path);
                _links[link.Path] = link.Target;
                if (isNew)
                {
                    RecordOf(link.Path)?.NoteLink();
                }
            }
        }
    }

    /// <summary>Observes what else decided the way.</summary>
    private void Pass(SeenPath seen)
    {
        foreach (SeenPlace place in seen.Passed)
        {
            if (_met.Add(place))
            {
                Observe(RecordOf(place.Path), place.Stamp, LookKind.Examine);
            }
        }
    }

    /// <summary>
    /// Forgets which paths were seen: from now on they may lead elsewhere, and the witness resolves them anew.
    /// </summary>
    private void ForgetPaths()
    {
        _followed.Clear();
        _met.Clear();
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
            Refuse($"a path is too long to be looked at again: {Shown(path)}");
            return null;
        }

        record = new PathRecord(path);
        _records.Add(path, record);
        return record;
    }

    private bool IsIgnored(ByteString path) => _ignore.Matches(StoredPath.Shorten(path, _step.Root).Span);

    /// <summary>
    /// Whether the path is in a directory that the step made. If something is missing there, it is the step's own work.
    /// </summary>
    private bool IsInOwnDirectory(ReadOnlySpan<byte> path)
    {
        if (_ownDirectories.Count == 0)
        {
            return false;
        }

        HashSet<ByteString>.AlternateLookup<ReadOnlySpan<byte>> directories =
            _ownDirectories.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (int slash = path.LastIndexOf((byte)'/'); slash > 0; slash = path[..slash].LastIndexOf((byte)'/'))
        {
            if (directories.Contains(path[..slash]))
            {
                return true;
            }
        }

        return false;
    }

    // The times of a directory change with every name made in it. Listings show whether that matters.
    private static bool IsSame(in FileStamp one, in FileStamp other) => one.Type == other.Type
        && (one.Type != FileType.Regular
            || (one.Inode == other.Inode && one.Device == other.Device && one.Size == other.Size
                && one.ModifiedNs == other.ModifiedNs));

    private string Shown(ByteString path) => Words.Of(StoredPath.Shorten(path, _step.Root));
}
