using Fptrace.Model;

namespace Fptrace.Generated;

/// <summary>A file of the model, whatever it is called.</summary>
internal sealed class Inode(FileType type)
{
    public FileType Type { get; } = type;

    public bool IsDirectory => Type == FileType.Directory;

    /// <summary>Of a directory, by name.</summary>
    public Dictionary<string, Entry> Entries { get; } = [];

    /// <summary>Of a symbolic link.</summary>
    public string Target { get; init; } = "";

    /// <summary>Names that it has.</summary>
    public int Links { get; set; }

    /// <summary>Of a FIFO: somebody may have it open for writing.</summary>
    public bool HasWriter { get; set; }

    /// <summary>Made by O_TMPFILE and not linked yet: the one file that gets a first name when it has none.</summary>
    public bool IsLinkable { get; set; }
}
