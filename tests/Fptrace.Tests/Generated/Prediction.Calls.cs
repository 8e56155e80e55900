using Fptrace.Model;

namespace Fptrace.Generated;

/// <summary>Which call is which, what a failure tells, and calls that look at files or change what is in
/// them.</summary>
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
        "symlink" =>
            Make(thread, step, new Inode(FileType.Symlink) { Target = step.Path2 }, "symlink", Word(step.Path2)),
        "unlink" => Remove(thread, step),
        "mkdir" => Make(thread, step, new Inode(FileType.Directory), "mkdir", null),
        "mknod" =>
            Make(thread, step, new Inode(step.Flags == 0x1000 ? FileType.Fifo : FileType.Regular), "create", null),
        "truncate" => Truncate(thread, step),
        "ftruncate" => TruncateDescriptor(thread, step),
        "chmod" => Attributes(thread, step, follow: true),
        "utimens" => step.Path is null
            ? AttributesOf(thread, step.At)
            : Attributes(thread, step, (step.Flags & Flag.AtNoFollow) == 0),
        "fchmod" => AttributesOf(thread, step.Slot),
        "stat" => Probe(thread, step, (step.Flags & Flag.AtNoFollow) == 0),
        "access" => Probe(thread, step, follow: true),
        "readlink" => Probe(thread, step, follow: false)
            && _paths.Find(thread, step.At, step.Path!, follow: false).Existing!.Node.Type == FileType.Symlink,
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
    private bool InTheWay(ModelThread thread, string? name, Entry? existing) =>
        existing is not null && Fail(thread, name, existing);

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
        if (name is null || thread.Execution.Knows(name, null, Changed))
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
            return file.Entry is { IsGone: false } known && !thread.Execution.Knows(known.Path, null, Changed)
                && Fail(thread, known.Path, known);
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
