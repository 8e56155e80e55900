using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>Records what the step examines, reads and lists without changing it.</summary>
public sealed partial class ManifestRecorder
{
    private void Observe(PathRecord? record, in FileStamp stamp, LookKind kind)
    {
        if (record is null || record.IsOwn || IsInOwnDirectory(record.Path.Span))
        {
            record?.NoteLook();
            return;
        }

        if (!record.IsObserved)
        {
            record.ExistedBefore = stamp.Exists;
            record.Stamp = stamp;
        }
        else if (!IsSame(record.Stamp, stamp))
        {
            Dispute(record, stamp);
            return;
        }

        bool reads = kind == LookKind.Read && stamp.Type == FileType.Regular;
        if (reads && !record.IsRead && stamp.Size >= EarlyDigests.LargeFile)
        {
            _early.Add(record.Path);
        }

        record.IsRead |= reads;
        record.IsProbed |= !reads && stamp.Exists;
        record.IsMissed |= !stamp.Exists;
    }

    private void List(in Access access, AccessFacts facts)
    {
        PathRecord? record = Followed(facts.Followed);
        if (facts.Followed is { } directory)
        {
            _witness.Listed(directory.Path);
        }

        if (record is null || record.Names is not null || _ownDirectories.Contains(record.Path)
            || IsInOwnDirectory(record.Path.Span))
        {
            return;
        }

        if (!record.IsObserved && !record.IsOwn)
        {
            record.ExistedBefore = true;
            record.Stamp = access.Before;
        }

        record.Names = facts.Names is null ? null : [.. facts.Names];
        if (facts.IsUnreadable)
        {
            Refuse($"a directory could not be listed again: {Shown(record.Path)}");
        }

        // The step has already changed the directory, so its times, its mode and the files that it made there are its
        // own work. The other names are not.
        if (record.IsOwn)
        {
            record.Names?.RemoveAll(name =>
                _records.TryGetValue(new ByteString([.. record.Path.Span, (byte)'/', .. ListedName.Bare(name.Span)]),
                    out PathRecord? made)
                && made is { IsOwn: true, ExistedBefore: false });
        }
    }
}
