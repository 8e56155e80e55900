using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests;

/// <summary>What stood at a path: its fingerprint, and the stamp by which a later look is spared the content.</summary>
/// <param name="Type">What stands there; <see cref="FileType.None"/> for nothing.</param>
/// <param name="Mode">Permission bits (0 to 07777) of a file or directory; 0 for a link.</param>
/// <param name="Size">Bytes of a regular file; 0 for all else.</param>
/// <param name="Digest">SHA-256 of a regular file's content; empty for all else.</param>
/// <param name="Stamp">Valid for this content; empty when the file changed so shortly before that its times prove
/// nothing.</param>
public readonly record struct FileState(FileType Type, uint Mode, long Size, ContentDigest Digest, FileTimes Stamp)
{
    public bool Exists => Type != FileType.None;

    /// <summary>Same type, mode and content: what a command can have seen, leaving times aside.</summary>
    public bool IsSame(in FileState other) =>
        Type == other.Type && Mode == other.Mode && Size == other.Size && Digest == other.Digest;
}
