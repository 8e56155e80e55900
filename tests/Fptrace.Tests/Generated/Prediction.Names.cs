using Fptrace.Model;

namespace Fptrace.Generated;

/// <summary>Calls that make names, move them and remove them.</summary>
internal sealed partial class Prediction
{
    private bool Rename(ModelThread thread, Step step)
    {
        Walk from = _paths.FindName(thread, step.At, step.Path!);
        Walk to = _paths.FindName(thread, step.At2, step.Path2);
        string? name = _paths.Name(thread, step.At, step.Path!);
        string? name2 = name is null ? null : _paths.Name(thread, step.At2, step.Path2);
        if (name is null || name2 is null)
        {
            return false;
        }

        if (!CanRename(from, to, step.Flags))
        {
            // Both are looked for before either is recorded: one of them may lead outside.
            Entry? inTheWay = _paths.Find(thread, step.At2, step.Path2, follow: false).Found;
            Fail(thread, name, _paths.Find(thread, step.At, step.Path!, follow: false).Found);
            return InTheWay(thread, name2, inTheWay);
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

        // Behind a name that no directory or link has left there was nothing.
        bool withBelow = LeadsOn(moved) || LeadsOn(target);
        Forget(name, exchanges ? withBelow : LeadsOn(moved));
        Forget(name2, withBelow);
        return true;
    }

    private static bool CanRename(Walk from, Walk to, long flags)
    {
        if (from.Parent is null || to.Parent is not { IsGone: false } || from.NamesNothing || to.NamesNothing
            || from.Existing is not { } source)
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
            if (name is null && from.Found is null)
            {
                return false;
            }
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
            Entry? inTheWay = _paths.Find(thread, step.At2, step.Path2, follow: false).Found;
            Fail(thread, name, from.Found);
            return InTheWay(thread, name is null ? null : name2, inTheWay);
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
}
