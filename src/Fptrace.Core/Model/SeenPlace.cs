namespace Fptrace.Model;

/// <summary>What stood at a place that a path led through.</summary>
/// <param name="Path">Without links.</param>
/// <param name="Stamp">What stat says; default when nothing is there.</param>
public sealed record SeenPlace(ByteString Path, FileStamp Stamp);
