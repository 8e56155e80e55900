namespace Fptrace.Model;

/// <summary>What was done to a path. The numbers are stable: they are stored in manifests.</summary>
public enum AccessKind : byte
{
    /// <summary>Opened for reading, or read through an inherited descriptor.</summary>
    Read = 1,

    /// <summary>
    /// An existing file was opened for writing, written through an inherited descriptor, or truncated.
    /// </summary>
    Write = 2,

    /// <summary>An existing file opened for reading and writing.</summary>
    ReadWrite = 3,

    /// <summary>An open for writing made the file. Also mknod, and a name given to a file from O_TMPFILE.</summary>
    Create = 4,

    /// <summary>unlink or rmdir.</summary>
    Delete = 5,

    /// <summary>The old name of a rename; <see cref="Access.Counterpart"/> is the new one.</summary>
    RenameFrom = 6,

    /// <summary>The new name of a rename; <see cref="Access.Counterpart"/> is the old one.</summary>
    RenameTo = 7,

    /// <summary>The existing name given to link; <see cref="Access.Counterpart"/> is the new one.</summary>
    LinkFrom = 8,

    /// <summary>The new name made by link; <see cref="Access.Counterpart"/> is the existing one.</summary>
    LinkTo = 9,

    /// <summary>A symbolic link was made; <see cref="Access.Counterpart"/> is its target as written.</summary>
    Symlink = 10,

    /// <summary>mkdir.</summary>
    MakeDirectory = 11,

    /// <summary>Mode, owner, times or extended attributes changed.</summary>
    Attributes = 12,

    /// <summary>
    /// The path exists, and the call asked only for its existence or attributes (stat, access, readlink, O_PATH).
    /// </summary>
    Probe = 13,

    /// <summary>The path does not exist, and a call tried to open, execute or examine it.</summary>
    Absent = 14,

    /// <summary>The names in a directory were listed.</summary>
    Listing = 15,
}
