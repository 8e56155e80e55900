namespace Fptrace.Model;

/// <summary>What existed at a place that a path led through.</summary>
/// <param name="Path">The path, without symbolic links.</param>
/// <param name="Stamp">What stat says; <c>default</c> when nothing exists there.</param>
public sealed record SeenPlace(ByteString Path, FileStamp Stamp);
