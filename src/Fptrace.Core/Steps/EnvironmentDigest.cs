namespace Fptrace.Steps;

/// <summary>One variable of the environment that counts.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Digest">Stands for what counts of its value, which is not stored: it may be a secret. Null when it is
/// not set.</param>
public sealed record EnvironmentDigest(string Name, string? Digest);
