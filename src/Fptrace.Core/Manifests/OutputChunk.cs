namespace Fptrace.Manifests;

/// <summary>What a step wrote to one of its streams before it wrote to the other.</summary>
/// <param name="IsError">stderr; otherwise stdout.</param>
/// <param name="Bytes">As written.</param>
public sealed record OutputChunk(bool IsError, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The two were one file: which of them each part was written to is unknown.</summary>
    public bool IsBoth { get; init; }
}
