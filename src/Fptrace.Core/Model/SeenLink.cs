namespace Fptrace.Model;

/// <summary>A symbolic link that a path led through.</summary>
/// <param name="Path">The link's own path, without symbolic links in its directories.</param>
/// <param name="Target">As written.</param>
public sealed record SeenLink(ByteString Path, ByteString Target);
