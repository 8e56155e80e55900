using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>What a manifest stores of the environment.</summary>
public sealed record EnvironmentDigests
{
    /// <summary>No variable counts.</summary>
    public static EnvironmentDigests None { get; } = new();

    /// <summary>Identifies the <see cref="EnvironmentKey"/> that made the digests; empty without digests.</summary>
    public string Key { get; init; } = "";

    /// <summary>Sorted by name.</summary>
    public IReadOnlyList<EnvironmentDigest> Variables { get; init; } = [];

    /// <summary>One SHA-256 over all variables. It replaces the list in a cache that several people share.</summary>
    public ContentDigest Sum { get; init; }
}
