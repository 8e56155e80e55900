using Fptrace.Model;

namespace Fptrace.Generated;

/// <summary>Calls that use descriptors, or make others of them.</summary>
internal sealed partial class Prediction
{

    private static void Put(ModelThread thread, int slot, OpenFile file)
    {
        if (slot >= 0)
        {
            thread.Files[slot] = file;
        }
    }

    private static bool CloseRange(ModelThread thread, Step step)
    {
        foreach (int slot in thread.Files.Keys.Where(slot => slot >= step.Slot && slot <= step.Slot2).ToArray())
        {
            thread.Files.Remove(slot);
        }

        return true;
    }

    private static bool Duplicate(ModelThread thread, Step step)
    {
        if (step.Slot == step.Slot2 || !thread.Files.TryGetValue(step.Slot, out OpenFile? file))
        {
            return false;
        }

        Put(thread, step.Slot2, file with { ClosesOnExec = (step.Flags & Flag.CloseOnExec) != 0 });
        return true;
    }

    private static bool Redirect(ModelThread thread, Step step)
    {
        if (!thread.Files.TryGetValue(step.Slot, out OpenFile? file))
        {
            return false;
        }

        thread.Files[step.Slot2 - 10] = file with { ClosesOnExec = false };
        return true;
    }

    private bool Stream(ModelThread thread, int slot, string kind)
    {
        if (!thread.Files.TryGetValue(slot, out OpenFile? file)
            || file.Entry is not { Node.Type: FileType.Regular } entry)
        {
            throw new OutsideException("a stream of the whole script, a pipe or a directory");
        }

        bool writes = kind == "write";
        bool succeeds = writes ? file.IsWritable : file.IsReadable;
        if (succeeds && (!entry.IsGone || !writes) && !entry.IsTemporary)
        {
            // A thread that saw this stream before does not look at its name again: renamed away and back, it may stay
            // known.
            bool known = thread.Execution.Knows(entry.Path, entry.Node, writes ? Written : ["read", "read-write"]);
            if (!known)
            {
                Access(thread, kind, entry.Path, entry.Node, isOptional: entry.IsGone);
            }
        }

        return succeeds;
    }

    private bool List(ModelThread thread, Step step)
    {
        if (!thread.Files.TryGetValue(step.Slot, out OpenFile? file) || file.IsPath
            || file.Entry is not { Node.IsDirectory: true } entry || entry.IsGone)
        {
            return false;
        }

        if (_probes)
        {
            First(thread, "listing", entry.Path);
        }

        return true;
    }

    private bool ChangeDirectory(ModelThread thread, Step step)
    {
        Probe(thread, step, follow: true);
        if (_paths.Find(thread, -1, step.Path!, follow: true).Existing is not { Node.IsDirectory: true } directory)
        {
            return false;
        }

        thread.WorkingDirectory[0] = directory;
        return true;
    }

    private static bool ChangeDirectoryTo(ModelThread thread, Step step)
    {
        if (!thread.Files.TryGetValue(step.Slot, out OpenFile? file)
            || file.Entry is not { Node.IsDirectory: true } entry)
        {
            return false;
        }

        thread.WorkingDirectory[0] = entry;
        return true;
    }

    private static bool Pipe(ModelThread thread, Step step)
    {
        if (step.Slot == step.Slot2)
        {
            throw new OutsideException();
        }

        Put(thread, step.Slot, new OpenFile(null, 0, ClosesOnExec: true));
        Put(thread, step.Slot2, new OpenFile(null, Flag.WriteOnly, ClosesOnExec: true));
        return true;
    }

    private static bool Unshare(ModelThread thread)
    {
        thread.WorkingDirectory = [.. thread.WorkingDirectory];
        thread.Files = new(thread.Files);
        return true;
    }
}
