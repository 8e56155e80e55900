namespace Fptrace.Model;

/// <summary>A symbolic link that a path led through.</summary>
/// <param name="Path">Its own, without links.</param>
/// <param name="Target">As written.</param>
public sealed record SeenLink(ByteString Path, ByteString Target);
