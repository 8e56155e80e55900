using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests;

/// <summary>What existed at a path, with the times that show later that the content is still the same.</summary>
/// <param name="Type">The type; <see cref="FileType.None"/> if nothing existed.</param>
/// <param name="Mode">Permission bits (0 to 07777); 0 for a link.</param>
/// <param name="Size">The size of a regular file; the ctime of a socket; otherwise 0.</param>
/// <param name="Digest">The digest of a regular file's content; otherwise empty.</param>
/// <param name="Stamp">The times that belong to this content. Empty if the file changed so recently that a further
/// change might leave them equal.</param>
public readonly record struct FileState(FileType Type, uint Mode, long Size, ContentDigest Digest, FileTimes Stamp)
{
    public bool Exists => Type != FileType.None;

    /// <summary>
    /// Whether type, mode and content are equal. A command sees no other difference, apart from times.
    /// </summary>
    public bool IsSame(in FileState other) =>
        Type == other.Type && Mode == other.Mode && Size == other.Size && Digest == other.Digest;
}
