namespace Fptrace.Model;

/// <summary>What stat says of a file at one moment; <c>default</c> is a file that does not exist.</summary>
/// <param name="Type">What stands there.</param>
/// <param name="Mode">Permission bits (0 to 07777).</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedNs">Modification time, nanoseconds since 1970.</param>
/// <param name="Inode">Inode number.</param>
/// <param name="Device">Device number, major in the high and minor in the low 32 bits.</param>
public readonly record struct FileStamp(FileType Type, uint Mode, long Size, long ModifiedNs, ulong Inode, ulong Device)
{
    public bool Exists => Type != FileType.None;
}
