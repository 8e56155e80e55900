using Fptrace.Model;

namespace Fptrace.Manifests;

/// <summary>The names of <see cref="FileType"/> in manifests and in messages.</summary>
internal static class FileTypes
{
    public static string Name(FileType type) => type switch
    {
        FileType.Regular => "file",
        FileType.Directory => "directory",
        FileType.Symlink => "link",
        FileType.Fifo => "fifo",
        FileType.Socket => "socket",
        FileType.CharacterDevice => "character-device",
        FileType.BlockDevice => "block-device",
        _ => "nothing",
    };

    public static FileType Parse(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("file"u8) ? FileType.Regular
        : name.SequenceEqual("directory"u8) ? FileType.Directory
        : name.SequenceEqual("link"u8) ? FileType.Symlink
        : name.SequenceEqual("fifo"u8) ? FileType.Fifo
        : name.SequenceEqual("socket"u8) ? FileType.Socket
        : name.SequenceEqual("character-device"u8) ? FileType.CharacterDevice
        : name.SequenceEqual("block-device"u8) ? FileType.BlockDevice
        : FileType.None;
}
