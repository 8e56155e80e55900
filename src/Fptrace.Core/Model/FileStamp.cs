namespace Fptrace.Model;

/// <summary>What stat says of a file at one moment; <c>default</c> is a file that does not exist.</summary>
/// <param name="Type">The file's type.</param>
/// <param name="Mode">Permission bits (0 to 07777).</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedNs">Modification time, nanoseconds since 1970.</param>
/// <param name="Inode">Inode number.</param>
/// <param name="Device">Device number, major in the high and minor in the low 32 bits.</param>
/// <param name="ChangedNs">Change time (ctime), nanoseconds since 1970.</param>
/// <param name="Links">The number of names (hard links).</param>
public readonly record struct FileStamp(
    FileType Type, uint Mode, long Size, long ModifiedNs, ulong Inode, ulong Device, long ChangedNs, uint Links)
{
    public bool Exists => Type != FileType.None;

    /// <summary>Whether both exist and are the same file.</summary>
    public bool IsSameFile(in FileStamp other) =>
        Exists && other.Exists && Inode == other.Inode && Device == other.Device;

    /// <summary>The type that the type bits of st_mode name.</summary>
    /// <remarks>
    /// No type bits mean a regular file: mknod(2) makes one, and an eventfd or the like, which has none, is read like a
    /// file.
    /// </remarks>
    public static FileType TypeOf(uint mode) => (mode & 0xf000) switch
    {
        0x8000 or 0 => FileType.Regular,
        0x4000 => FileType.Directory,
        0xa000 => FileType.Symlink,
        0x1000 => FileType.Fifo,
        0xc000 => FileType.Socket,
        0x2000 => FileType.CharacterDevice,
        0x6000 => FileType.BlockDevice,
        _ => FileType.None,
    };
}
