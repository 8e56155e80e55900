namespace Fptrace.Manifests;

/// <summary>One tracked variable of the environment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Digest">32 hexadecimal digits that stand for the value, which is not stored: it may be a secret. Null when it is not set.</param>
public readonly record struct EnvironmentDigest(string Name, string? Digest);
