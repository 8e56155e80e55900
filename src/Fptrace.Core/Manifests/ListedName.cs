using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests;

/// <summary>A name in a listing, together with its type, which getdents(2) tells a program that lists.</summary>
/// <remarks>
/// A file is the bare name. Any other type follows a slash, which no name contains: <c>d/</c> is a directory,
/// <c>l/l</c> a link, <c>p/p</c> a FIFO, <c>s/s</c> a socket, <c>c/c</c> a character device and <c>b/b</c> a block
/// device.
/// </remarks>
internal static class ListedName
{
    /// <summary>The name in the form of a listing.</summary>
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

    /// <summary>The name without its type.</summary>
    public static ReadOnlySpan<byte> Bare(ReadOnlySpan<byte> listed) => listed is [.., (byte)'/'] ? listed[..^1]
        : listed is [.., (byte)'/', _] ? listed[..^2]
        : listed;

    /// <summary>The type; <see cref="FileType.None"/> for an unknown letter.</summary>
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

    /// <summary>Whether text from a file is well-formed.</summary>
    public static bool IsValid(ReadOnlySpan<byte> listed) =>
        Type(listed) != FileType.None && StoredPath.IsValidName(Bare(listed));
}
