namespace Fptrace.Steps;

/// <summary>One variable of the environment that counts.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Digest">A digest of what counts of its value. The value may be a secret, so it is not stored. Null when
/// the variable is not set.</param>
public sealed record EnvironmentDigest(string Name, string? Digest);
