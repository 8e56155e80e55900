namespace Fptrace.Model;

/// <summary>One entry of a directory that was read with everything below it.</summary>
/// <param name="Path">The path, without symbolic links.</param>
/// <param name="Type">The type according to the directory.</param>
/// <param name="Stamp">What stat says when it follows links.</param>
public readonly record struct SeenEntry(ByteString Path, FileType Type, FileStamp Stamp);
