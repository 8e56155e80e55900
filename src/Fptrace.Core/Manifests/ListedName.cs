using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests;

/// <summary>A name as a listing holds it: with what stands there, as getdents(2) tells whoever lists.</summary>
/// <remarks>
/// A file is the bare name, all else has a slash behind, which no name holds: <c>d/</c> is a directory, <c>l/l</c> a
/// link, <c>p/p</c> a FIFO, <c>s/s</c> a socket, <c>c/c</c> a character and <c>b/b</c> a block device.
/// </remarks>
internal static class ListedName
{
    /// <summary>As a listing holds it.</summary>
    public static ByteString Of(ReadOnlySpan<byte> name, FileType type) => type switch
    {
        FileType.Directory => new ByteString([.. name, (byte)'/']),
        FileType.Symlink => new ByteString([.. name, .. "/l"u8]),
        FileType.Fifo => new ByteString([.. name, .. "/p"u8]),
        FileType.Socket => new ByteString([.. name, .. "/s"u8]),
        FileType.CharacterDevice => new ByteString([.. name, .. "/c"u8]),
        FileType.BlockDevice => new ByteString([.. name, .. "/b"u8]),
        _ => new ByteString(name),
    };

    /// <summary>The name alone.</summary>
    public static ReadOnlySpan<byte> Bare(ReadOnlySpan<byte> listed) => listed is [.., (byte)'/'] ? listed[..^1]
        : listed is [.., (byte)'/', _] ? listed[..^2]
        : listed;

    /// <summary>What stands there; of a letter that is not known, nothing.</summary>
    public static FileType Type(ReadOnlySpan<byte> listed) => listed is [.., (byte)'/'] ? FileType.Directory
        : listed is not [.., (byte)'/', byte letter] ? FileType.Regular
        : letter switch
        {
            (byte)'l' => FileType.Symlink,
            (byte)'p' => FileType.Fifo,
            (byte)'s' => FileType.Socket,
            (byte)'c' => FileType.CharacterDevice,
            (byte)'b' => FileType.BlockDevice,
            _ => FileType.None,
        };

    /// <summary>Whether text from a file may be taken for one.</summary>
    public static bool IsValid(ReadOnlySpan<byte> listed) =>
        Type(listed) != FileType.None && StoredPath.IsValidName(Bare(listed));
}
