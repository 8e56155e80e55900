namespace Fptrace.Model;

/// <summary>Something in a directory that was seen as a whole.</summary>
/// <param name="Path">Without links.</param>
/// <param name="Type">As the directory tells it.</param>
/// <param name="Stamp">What stat says, links followed.</param>
public readonly record struct SeenEntry(ByteString Path, FileType Type, FileStamp Stamp);
