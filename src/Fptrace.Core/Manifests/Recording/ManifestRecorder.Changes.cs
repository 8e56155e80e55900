using Fptrace.Linux.Headers;
using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>What a change is about to replace, and whole trees that are renamed.</summary>
public sealed partial class ManifestRecorder
{
    // A tree that is renamed is walked to this depth: more has no path.
    private const int MostLevels = StoredPath.LongestPath / 2;

    private void Changing(SeenPath seen, bool isName, in FileStamp before, AccessKind kind, bool truncates)
    {
        // After the end come only processes that were left running.
        if (_summary is not null)
        {
            return;
        }

        PathRecord? record;
        bool captures;
        lock (_gate)
        {
            record = isName ? Named(seen) : Followed(seen);
            record?.IsTaken |= kind is AccessKind.RenameFrom or AccessKind.Attributes;
            record?.Readers += kind == AccessKind.ReadWrite ? 1 : 0;
            if (record is null || record.IsOwn)
            {
                return;
            }

            // The old content goes into the new one, or it went elsewhere when it was read; a rename takes it along.
            bool keeps = kind is AccessKind.ReadWrite or AccessKind.RenameFrom or AccessKind.Attributes
                || (kind == AccessKind.Write && !truncates);
            // One that is removed without a look must have been a directory, and an empty one, for rmdir to pass.
            keeps |= kind == AccessKind.Delete && before.Type == FileType.Directory;
            // What it has only looked at counts unless it is its own work, and to know that of anything takes a look,
            // too.
            captures = !record.Before.Exists
                && (keeps || record.IsRead || record.Names is not null || record.IsProbed || record.IsSeenLink
                || KnownOutput(record.Path).Exists);
            record.UsesBefore |= captures && keeps;
        }

        Keep(record);
        if (!captures)
        {
            return;
        }

        Capture(record);
        if (kind == AccessKind.RenameFrom && before.Type == FileType.Directory)
        {
            CaptureTree(record.Path, 0);
        }
    }

    /// <summary>As <see cref="Capture"/>, outside of the lock; once, before the first change.</summary>
    private void Keep(PathRecord record)
    {
        if (UndoLog is not null && !record.IsKept)
        {
            record.IsKept = true;
            UndoLog.Save(record.Path);
        }
    }

    /// <summary>Reads the state before, outside of the lock: it may be large.</summary>
    private void Capture(PathRecord record)
    {
        FileState state = CurrentState.StateOf(record.Path, KnownOutput(record.Path), out ByteString target);
        byte[] path = [.. record.Path.Span, 0];
        string attributes = ExtraAttributes.Of(fcntl.AT_FDCWD, path);
        List<ByteString>? indexTimes = state.Type == FileType.Regular && GitIndex.IsName(path)
            ? IndexTimes.Names(record.Path)
            : null;
        lock (_gate)
        {
            record.AttributesBefore = attributes;
            record.IndexTimesBefore = indexTimes;
            record.Before = state with { Stamp = default };
            record.TargetBefore = target;
        }
    }

    /// <summary>A directory that stood there before is renamed with all that is in it: each part is used by the
    /// step.</summary>
    private void CaptureTree(ByteString directory, int level)
    {
        List<ByteString>? names = level > MostLevels
            ? null
            : DirectoryNames.TryRead(fcntl.AT_FDCWD, [.. directory.Span, 0]);
        if (names is null)
        {
            Refuse($"a directory was renamed that could not be listed: {Shown(directory.Span)}");
            return;
        }

        lock (_gate)
        {
            if (RecordOf(directory) is { } record)
            {
                record.NamesBefore = names;
            }
        }

        foreach (ByteString name in names)
        {
            bool isDirectory = ListedName.Type(name.Span) == FileType.Directory;
            PathRecord? record;
            lock (_gate)
            {
                record = RecordOf(new ByteString([.. directory.Span, (byte)'/', .. ListedName.Bare(name.Span)]));
                if (record is null || record.IsOwn)
                {
                    continue;
                }

                record.ExistedBefore |= !record.IsObserved;
                record.UsesBefore = true;
            }

            Keep(record);
            Capture(record);
            if (isDirectory)
            {
                CaptureTree(record.Path, level + 1);
            }
        }
    }

    /// <summary>What stands in a directory that came by a rename came with it.</summary>
    private void Adopt(IReadOnlyList<SeenEntry> below, bool cameWhole)
    {
        ByteString left = default;
        foreach (SeenEntry entry in below)
        {
            if (!left.IsEmpty && PathNesting.IsBelow(entry.Path.Span, left.Span))
            {
                continue;
            }

            PathRecord? record = RecordOf(entry.Path);
            if (record is null)
            {
                // Nor does what it holds.
                left = entry.Path;
                continue;
            }

            Change(record, new Access { Truncates = true }, entry.Stamp);
            if (entry.Type == FileType.Directory)
            {
                _ownDirectories.Add(record.Path);
                record.CameWhole = cameWhole;
            }
        }
    }
}
