namespace Fptrace.Manifests;

/// <summary>One tracked variable of the environment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Digest">A <see cref="TextDigest"/> that stands for the value, which is not stored: it may be a secret. Null when it is not set.</param>
public sealed record EnvironmentDigest(string Name, string? Digest);
