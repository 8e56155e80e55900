using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>The words for accesses in the event text and in the JSON trace. They are stable.</summary>
internal static class AccessWords
{
    public static string Of(AccessKind kind) => kind switch
    {
        AccessKind.Read => "read",
        AccessKind.Write => "write",
        AccessKind.ReadWrite => "read-write",
        AccessKind.Create => "create",
        AccessKind.Delete => "delete",
        AccessKind.RenameFrom => "rename-from",
        AccessKind.RenameTo => "rename-to",
        AccessKind.LinkFrom => "link-from",
        AccessKind.LinkTo => "link-to",
        AccessKind.Symlink => "symlink",
        AccessKind.MakeDirectory => "mkdir",
        AccessKind.Attributes => "attributes",
        AccessKind.Probe => "probe",
        AccessKind.Absent => "absent",
        AccessKind.Listing => "listing",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such kind of access"),
    };

    /// <returns>null for <see cref="FileType.None"/>.</returns>
    public static string? Of(FileType type) => type switch
    {
        FileType.None => null,
        FileType.Regular => "file",
        FileType.Directory => "directory",
        FileType.Symlink => "symlink",
        FileType.Fifo => "fifo",
        FileType.Socket => "socket",
        FileType.CharacterDevice => "character-device",
        FileType.BlockDevice => "block-device",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no such type of file"),
    };
}
