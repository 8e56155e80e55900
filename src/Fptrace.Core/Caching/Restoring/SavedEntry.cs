using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Caching.Restoring;

/// <summary>What stood at a path before a step changed it.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Look">What was seen of it then.</param>
/// <param name="Target">Of a link.</param>
/// <param name="Copy">Of a file: its name in the staging area, with a NUL.</param>
internal sealed record SavedEntry(ByteString Path, FileLook Look, ByteString Target, byte[] Copy);
