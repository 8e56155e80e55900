namespace Fptrace.Model;

/// <summary>What exists at a path. The numbers are stable.</summary>
public enum FileType : byte
{
    /// <summary>Nothing exists, or the type is not known.</summary>
    None = 0,
    Regular = 1,
    Directory = 2,
    Symlink = 3,
    Fifo = 4,
    Socket = 5,
    CharacterDevice = 6,
    BlockDevice = 7,
}
