using Fptrace.Model;

namespace Fptrace.Generated;

/// <summary>Opening files.</summary>
internal sealed partial class Prediction
{
    private bool Open(ModelThread thread, Step step, long flags)
    {
        if ((flags & Flag.TemporaryFile) == Flag.TemporaryFile)
        {
            return OpenTemporary(thread, step, flags);
        }

        long resolve = step.Call == "openat2" ? step.Slot2 : 0;
        bool inRoot = (resolve & Flag.ResolveInRoot) != 0;
        bool follow = (flags & Flag.NoFollow) == 0
            && (flags & (Flag.Create | Flag.Exclusive)) != (Flag.Create | Flag.Exclusive);
        Walk at = _paths.Find(thread, step.At, step.Path!, follow, resolve);
        bool creates = (flags & Flag.Create) != 0 && at.IsFree && !at.WantsDirectory;
        bool succeeds = creates || CanOpen(at, flags);
        if (inRoot && !succeeds && _probes)
        {
            throw new OutsideException("its name is not told by its text");
        }

        // In a root of its own the path says nothing: the trace has what the descriptor leads to.
        string? name = !inRoot ? _paths.Name(thread, step.At, step.Path!)
            : creates ? $"{at.Parent!.Path}/{at.Last}"
            : succeeds && !at.Found!.IsGone ? at.Found.Path : null;
        Entry? seen = inRoot ? at.Found : _paths.Find(thread, step.At, step.Path!, follow).Found;
        if (succeeds && !creates && at.Found!.Node is { Type: FileType.Fifo } fifo && (flags & Flag.Path) == 0)
        {
            if ((flags & Flag.AccessMode) != Flag.ReadWrite
                && (flags & (Flag.AccessMode | Flag.NonBlock)) != Flag.NonBlock)
            {
                throw new OutsideException("it would wait for the other end");
            }

            fifo.HasWriter |= (flags & Flag.AccessMode) != 0;
        }

        RecordOpen(thread, name, succeeds, creates, seen, flags, at, inRoot);
        if (succeeds)
        {
            Entry entry = creates ? at.Parent!.Node.Entries[at.Last] : at.Found!;
            Put(thread, step.Slot, new OpenFile(entry, flags, step.Call != "creat" && (flags & Flag.CloseOnExec) != 0));
        }

        return succeeds;
    }

    // Under a limit of none; the kernel looks for a number before it looks at the path.
    private bool OpenWithoutDescriptors(ModelThread thread, Step step)
    {
        Walk at = _paths.Find(thread, step.At, step.Path!, (step.Flags & Flag.NoFollow) == 0);
        RecordOpen(thread, _paths.Name(thread, step.At, step.Path!), succeeds: false, creates: false, at.Found,
            step.Flags, at);
        return false;
    }

    // A signal ends the wait for whoever writes; that says nothing, not even to a trace with probes.
    private bool GiveUp(ModelThread thread, Step step)
    {
        Walk at = _paths.Find(thread, step.At, step.Path!, follow: true);
        if (at.Existing?.Node is not { Type: FileType.Fifo, HasWriter: false })
        {
            throw new OutsideException("it does not wait");
        }

        return false;
    }

    private void RecordOpen(ModelThread thread, string? name, bool succeeds, bool creates, Entry? seen, long flags,
        Walk at, bool inRoot = false)
    {
        bool onlyWhere = (flags & (Flag.Path | Flag.Directory)) != 0;
        Inode? node = creates ? new Inode(FileType.Regular) : seen?.Node;
        bool records = name is not null && (_probes || !onlyWhere)
            && (creates || inRoot || !thread.Execution.Knows(name, succeeds ? node : null, SameOpen(flags)));
        if (creates)
        {
            Add(at, node!);
        }

        if (!records)
        {
            return;
        }

        if (!succeeds)
        {
            Fail(thread, name, seen);
        }
        else if ((flags & Flag.Path) != 0 || node!.IsDirectory)
        {
            if (_probes)
            {
                First(thread, "probe", name!);
            }
        }
        else if (KindOf(flags, creates) is var kind && !thread.Execution.Knows(name!, node, kind))
        {
            Access(thread, kind, name!, node);
        }
    }

    private static string KindOf(long flags, bool creates) => (flags & Flag.AccessMode) switch
    {
        _ when creates => "create",
        _ when (flags & Flag.Truncate) != 0 => "write",
        0 => "read",
        Flag.WriteOnly => "write",
        _ => "read-write",
    };

    private static string[] SameOpen(long flags) => (flags & Flag.AccessMode) switch
    {
        _ when (flags & Flag.Path) != 0 => ["probe"],
        0 when (flags & Flag.Truncate) == 0 => ["read", "read-write"],
        0 or Flag.WriteOnly => Written,
        _ => ["read-write", "create"],
    };

    private static bool CanOpen(Walk at, long flags)
    {
        if (at.Found is not { } entry)
        {
            return false;
        }

        bool creates = (flags & Flag.Create) != 0;
        if (creates && ((flags & Flag.Exclusive) != 0 || (at.WantsDirectory && (flags & Flag.Path) == 0)))
        {
            return false;
        }

        FileType type = entry.Node.Type;
        if (type != FileType.Directory && (at.WantsDirectory || (flags & Flag.Directory) != 0))
        {
            return false;
        }

        if ((flags & Flag.Path) != 0)
        {
            return true;
        }

        return type switch
        {
            FileType.Symlink => false,
            FileType.Directory => (flags & (Flag.AccessMode | Flag.Create | Flag.Truncate)) == 0,
            _ => true,
        };
    }

    private bool OpenTemporary(ModelThread thread, Step step, long flags)
    {
        Walk at = _paths.Find(thread, step.At, step.Path!, follow: true);
        if (at.Found is not { IsGone: false, Node.IsDirectory: true } directory)
        {
            return false;
        }

        var entry = new Entry(directory, "#", new Inode(FileType.Regular) { IsLinkable = true }) { IsGone = true };
        Put(thread, step.Slot, new OpenFile(entry, flags & ~Flag.Path, (flags & Flag.CloseOnExec) != 0));
        return true;
    }
}
