using Fptrace.Model;

namespace Fptrace.Generated;

/// <summary>Calls on names, and on descriptors.</summary>
internal sealed partial class Prediction
{
    private static readonly string[] Written = ["write", "read-write", "create"];
    private static readonly string[] Changed = ["attributes"];
    private static readonly string[] Seen = ["read", "write", "read-write", "create", "probe", "mkdir"];

    /// <returns>Whether the call succeeds.</returns>
    private bool Call(ModelThread thread, Step step) => step.Call switch
    {
        "open" or "openat2" => Open(thread, step, step.Flags),
        "full" => OpenWithoutDescriptors(thread, step),
        "giveup" => GiveUp(thread, step),
        "creat" => Open(thread, step, Flag.WriteOnly | Flag.Create | Flag.Truncate),
        "close" => thread.Files.Remove(step.Slot),
        "close_range" => CloseRange(thread, step),
        "dup" => Duplicate(thread, step),
        "redirect" => Redirect(thread, step),
        "read" => Stream(thread, -10, "read"),
        "write" => Stream(thread, -9, "write"),
        "rename" => Rename(thread, step),
        "link" => Link(thread, step),
        "symlink" => Make(thread, step, new Inode(FileType.Symlink) { Target = step.Path2 }, "symlink", Word(step.Path2)),
        "unlink" => Remove(thread, step),
        "mkdir" => Make(thread, step, new Inode(FileType.Directory), "mkdir", null),
        "mknod" => Make(thread, step, new Inode(step.Flags == 0x1000 ? FileType.Fifo : FileType.Regular), "create", null),
        "truncate" => Truncate(thread, step),
        "ftruncate" => TruncateDescriptor(thread, step),
        "chmod" => Attributes(thread, step, follow: true),
        "utimens" => step.Path is null ? AttributesOf(thread, step.At) : Attributes(thread, step, (step.Flags & Flag.AtNoFollow) == 0),
        "fchmod" => AttributesOf(thread, step.Slot),
        "stat" => Probe(thread, step, (step.Flags & Flag.AtNoFollow) == 0),
        "access" => Probe(thread, step, follow: true),
        "readlink" => Probe(thread, step, follow: false) && _paths.Find(thread, step.At, step.Path!, follow: false).Existing!.Node.Type == FileType.Symlink,
        "list" => List(thread, step),
        "chdir" => ChangeDirectory(thread, step),
        "fchdir" => ChangeDirectoryTo(thread, step),
        "pipe" => Pipe(thread, step),
        "unshare" => Unshare(thread),
        _ => throw new InvalidOperationException(step.Call),
    };

    // A failure tells whether the path is there.
    private bool Fail(ModelThread thread, string? name, Entry? existing)
    {
        if (_probes && name is not null)
        {
            First(thread, existing is null ? "absent" : "probe", name);
        }

        return false;
    }

    // So does one of a call that makes a name, if something is in its way.
    private bool InTheWay(ModelThread thread, string? name, Entry? existing) => existing is not null && Fail(thread, name, existing);

    private bool Rename(ModelThread thread, Step step)
    {
        Walk from = _paths.FindName(thread, step.At, step.Path!);
        Walk to = _paths.FindName(thread, step.At2, step.Path2);
        string? name = _paths.Name(thread, step.At, step.Path!);
        string? name2 = _paths.Name(thread, step.At2, step.Path2);
        if (name is null || name2 is null)
        {
            return false;
        }

        if (!CanRename(from, to, step.Flags))
        {
            Fail(thread, name, _paths.Find(thread, step.At, step.Path!, follow: false).Found);
            return InTheWay(thread, name2, _paths.Find(thread, step.At2, step.Path2, follow: false).Found);
        }

        Entry moved = from.Found!;
        Entry? target = to.Found;
        if (target?.Node == moved.Node)
        {
            return true;
        }

        Access(thread, "rename-from", name, moved.Node, name2);
        Access(thread, "rename-to", name2, moved.Node, name);
        from.Parent!.Node.Entries.Remove(from.Last);
        bool exchanges = (step.Flags & Flag.RenameExchange) != 0;
        if (exchanges)
        {
            Access(thread, "rename-from", name2, target!.Node, name);
            Access(thread, "rename-to", name, target.Node, name2);
            Place(target, from.Parent, from.Last);
        }
        else if (target is not null)
        {
            target.IsGone = true;
            target.Node.Links--;
        }

        Place(moved, to.Parent!, to.Last);
        bool withBelow = LeadsOn(moved) || LeadsOn(target);
        Forget(name, withBelow);
        Forget(name2, withBelow);
        return true;
    }

    private static bool CanRename(Walk from, Walk to, long flags)
    {
        if (from.Parent is null || to.Parent is not { IsGone: false } || from.NamesNothing || to.NamesNothing || from.Existing is not { } source)
        {
            return false;
        }

        bool exchanges = (flags & Flag.RenameExchange) != 0;
        Entry? target = to.Found;
        if (exchanges ? target is null : (flags & Flag.RenameNoReplace) != 0 && target is not null)
        {
            return false;
        }

        bool fits = (!to.WantsDirectory || (exchanges ? target!.Node.IsDirectory : source.Node.IsDirectory))
            && !to.Parent.IsBelow(source)
            && (target is null || !from.Parent.IsBelow(target));
        return fits && (exchanges || target is null || target.Node == source.Node
            || (target.Node.IsDirectory == source.Node.IsDirectory && target.Node.Entries.Count == 0));
    }

    private static bool LeadsOn(Entry? entry) => entry?.Node.Type is FileType.Directory or FileType.Symlink;

    private static void Place(Entry entry, Entry parent, string name)
    {
        entry.Parent = parent;
        entry.Name = name;
        parent.Node.Entries[name] = entry;
    }

    private bool Link(ModelThread thread, Step step)
    {
        bool byDescriptor = (step.Flags & Flag.AtEmptyPath) != 0;
        Walk from;
        string? name;
        if (byDescriptor)
        {
            if (!thread.Files.TryGetValue(step.At, out OpenFile? file))
            {
                return false;
            }

            Entry entry = file.Entry ?? throw new OutsideException();
            from = new Walk(null, "", entry, false, true);
            name = entry.IsGone ? null : entry.Path;
        }
        else
        {
            from = _paths.Find(thread, step.At, step.Path!, (step.Flags & Flag.AtFollow) != 0);
            name = _paths.Name(thread, step.At, step.Path!);
        }

        Walk to = _paths.FindName(thread, step.At2, step.Path2);
        if (_paths.Name(thread, step.At2, step.Path2) is not { } name2)
        {
            return false;
        }

        if (from.Existing is not { Node.IsDirectory: false } source
            || !to.IsFree || to.WantsDirectory
            || (source.Node.Links == 0 && !source.Node.IsLinkable))
        {
            Fail(thread, name, from.Found);
            return InTheWay(thread, name is null ? null : name2, _paths.Find(thread, step.At2, step.Path2, follow: false).Found);
        }

        if (name is null)
        {
            Access(thread, "create", name2, source.Node);
        }
        else
        {
            Access(thread, "link-from", name, source.Node, name2);
            Access(thread, "link-to", name2, source.Node, name);
        }

        source.Node.IsLinkable = false;
        Add(to, source.Node);
        return true;
    }

    private static Entry Add(Walk to, Inode node)
    {
        var entry = new Entry(to.Parent, to.Last, node);
        to.Parent!.Node.Entries.Add(to.Last, entry);
        node.Links++;
        return entry;
    }

    private bool Make(ModelThread thread, Step step, Inode node, string kind, string? counterpart)
    {
        Walk to = _paths.FindName(thread, step.At, step.Path!);
        if (_paths.Name(thread, step.At, step.Path!) is not { } name)
        {
            return false;
        }

        if (!to.IsFree || (to.WantsDirectory && !node.IsDirectory))
        {
            return InTheWay(thread, name, _paths.Find(thread, step.At, step.Path!, follow: false).Found);
        }

        Add(to, node);
        Access(thread, kind, name, node, counterpart);
        return true;
    }

    private bool Remove(ModelThread thread, Step step)
    {
        Walk at = _paths.FindName(thread, step.At, step.Path!);
        string? name = _paths.Name(thread, step.At, step.Path!);
        bool directory = (step.Flags & Flag.AtRemoveDirectory) != 0;
        bool magic = at.Parent is null && at.Found is not null;
        if (magic)
        {
            throw new OutsideException();
        }

        if (name is null || at.NamesNothing || at.Existing is not { } entry || (at.WantsDirectory && !directory)
            || entry.Node.IsDirectory != directory || entry.Node.Entries.Count > 0)
        {
            return Fail(thread, name, _paths.Find(thread, step.At, step.Path!, follow: false).Found);
        }

        entry.IsGone = true;
        entry.Node.Links--;
        at.Parent!.Node.Entries.Remove(at.Last);
        Access(thread, "delete", name, entry.Node);
        Forget(name, entry.Node.Type == FileType.Symlink);
        return true;
    }

    private bool Truncate(ModelThread thread, Step step)
    {
        Walk at = _paths.Find(thread, -1, step.Path!, follow: true);
        string? name = _paths.Name(thread, -1, step.Path!);
        bool succeeds = at.Existing?.Node.Type == FileType.Regular;
        if (name is null || thread.Execution.Knows(name, at.Found?.Node, Written))
        {
            return succeeds;
        }

        if (!succeeds)
        {
            return Fail(thread, name, at.Found);
        }

        Access(thread, "write", name, at.Existing!.Node);
        return true;
    }

    private bool TruncateDescriptor(ModelThread thread, Step step)
    {
        if (!thread.Files.TryGetValue(step.Slot, out OpenFile? file))
        {
            return false;
        }

        Entry entry = file.Entry ?? throw new OutsideException();
        bool succeeds = file.IsWritable && entry.Node.Type == FileType.Regular;
        if (entry.IsGone || thread.Execution.Knows(entry.Path, entry.Node, Written))
        {
            return succeeds;
        }

        if (!succeeds)
        {
            return Fail(thread, entry.Path, entry);
        }

        Access(thread, "write", entry.Path, entry.Node);
        return true;
    }

    private bool Attributes(ModelThread thread, Step step, bool follow)
    {
        Walk at = _paths.Find(thread, step.At, step.Path!, follow);
        string? name = _paths.Name(thread, step.At, step.Path!);
        if (name is null || thread.Execution.Knows(name, at.Found?.Node, Changed))
        {
            return at.Existing is not null;
        }

        if (at.Existing is null)
        {
            return Fail(thread, name, at.Found);
        }

        First(thread, "attributes", name);
        return true;
    }

    private bool AttributesOf(ModelThread thread, int slot)
    {
        if (!thread.Files.TryGetValue(slot, out OpenFile? file))
        {
            return false;
        }

        if (file.IsPath)
        {
            return file.Entry is { IsGone: false } known && !thread.Execution.Knows(known.Path, known.Node, Changed) && Fail(thread, known.Path, known);
        }

        if (file.Entry is { IsGone: false } entry)
        {
            First(thread, "attributes", entry.Path);
        }

        return true;
    }

    private bool Probe(ModelThread thread, Step step, bool follow)
    {
        Walk at = _paths.Find(thread, step.At, step.Path!, follow);
        string? name = _paths.Name(thread, step.At, step.Path!);
        if (_probes && name is not null && !thread.Execution.Knows(name, null, Seen))
        {
            First(thread, at.Found is null ? "absent" : "probe", name);
        }

        return at.Existing is not null;
    }
}
