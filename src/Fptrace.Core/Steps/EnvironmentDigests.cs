using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>What a manifest knows of the environment.</summary>
public sealed record EnvironmentDigests
{
    /// <summary>Nothing counts.</summary>
    public static EnvironmentDigests None { get; } = new();

    /// <summary>Tells which <see cref="EnvironmentKey"/> the digests were made with; empty without any.</summary>
    public string Key { get; init; } = "";

    /// <summary>Sorted by name.</summary>
    public IReadOnlyList<EnvironmentDigest> Variables { get; init; } = [];

    /// <summary>In a cache that others share, one SHA-256 over all in place of the variables.</summary>
    public ContentDigest Sum { get; init; }
}
