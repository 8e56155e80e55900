using Fptrace.Model;

namespace Fptrace.Tracing.Proc;

/// <summary>Bytes of a file that processes map.</summary>
/// <param name="Device">st_dev of the file, as "major:minor".</param>
/// <param name="Inode">Its number there.</param>
/// <param name="Offset">Where in the file the bytes begin.</param>
/// <param name="Size">How many they are.</param>
internal readonly record struct FilePart(ByteString Device, ulong Inode, ulong Offset, ulong Size);
