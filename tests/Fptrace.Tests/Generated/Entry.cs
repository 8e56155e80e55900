namespace Fptrace.Generated;

/// <summary>A name in a directory of the model, as the kernel's dentry: an open file keeps it when it is renamed or
/// deleted.</summary>
internal sealed class Entry(Entry? parent, string name, Inode node)
{
    public Entry? Parent { get; set; } = parent;

    public string Name { get; set; } = name;

    public Inode Node { get; } = node;

    /// <summary>Deleted, replaced, or never linked.</summary>
    public bool IsGone { get; set; }

    /// <summary>Made by O_TMPFILE: what the kernel calls it cannot be predicted.</summary>
    public bool IsTemporary => Name == "#";

    /// <summary>The name of the top is its absolute path.</summary>
    public string Path => Parent is null ? Name : $"{Parent.Path}/{Name}";

    public bool IsBelow(Entry other)
    {
        for (Entry? at = this; at is not null; at = at.Parent)
        {
            if (at == other)
            {
                return true;
            }
        }

        return false;
    }
}
