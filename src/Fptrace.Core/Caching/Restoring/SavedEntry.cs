using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Caching.Restoring;

/// <summary>What stood at a path before a step changed it.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Look">Its type, mode, size, owner and times at that moment.</param>
/// <param name="Target">The target, for a symbolic link.</param>
/// <param name="Copy">The name of its copy in the staging area, for a file; with a NUL.</param>
internal sealed record SavedEntry(ByteString Path, FileLook Look, ByteString Target, byte[] Copy);
