using Fptrace.Linux.Headers;
using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>Records the state before a change replaces it, and handles renames of whole directories.</summary>
public sealed partial class ManifestRecorder
{
    // A deeper path would be longer than PATH_MAX.
    private const int MostLevels = StoredPath.LongestPath / 2;

    private void Changing(SeenPath seen, bool isName, in FileStamp before, AccessKind kind, bool truncates)
    {
        // After the end, only survivors make changes.
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

            // Does the old state go into the new one? A rename takes it along.
            bool keeps = kind is AccessKind.ReadWrite or AccessKind.RenameFrom or AccessKind.Attributes
                || (kind == AccessKind.Write && !truncates);
            // rmdir(2) succeeds only for an empty directory, so the step depends on that even if it has not looked.
            keeps |= kind == AccessKind.Delete && before.Type == FileType.Directory;
            // A state that the step only examined counts unless it is the step's own earlier work. Only the state
            // itself shows that.
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

    /// <summary>
    /// Saves the path in the undo log, once, before the first change. It holds no lock, as <see cref="Capture"/>.
    /// </summary>
    private void Keep(PathRecord record)
    {
        if (UndoLog is not null && !record.IsKept)
        {
            record.IsKept = true;
            UndoLog.Save(record.Path);
        }
    }

    /// <summary>Reads the state before the change. It holds no lock, because the file may be large.</summary>
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

    /// <summary>Reads a directory that is renamed with everything in it: the step uses all of that.</summary>
    private void CaptureTree(ByteString directory, int level)
    {
        List<ByteString>? names = level > MostLevels
            ? null
            : DirectoryNames.TryRead(fcntl.AT_FDCWD, [.. directory.Span, 0]);
        if (names is null)
        {
            Refuse($"a directory was renamed that could not be listed: {Shown(directory)}");
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

    /// <summary>Makes everything in a directory that a rename brought the step's own work.</summary>
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
                // The path is ignored, and so is everything below it.
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
