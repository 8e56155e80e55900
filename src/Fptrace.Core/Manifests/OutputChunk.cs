namespace Fptrace.Manifests;

/// <summary>What a step wrote to stdout or stderr before it wrote to the other one.</summary>
/// <param name="IsError">Whether it is stderr.</param>
/// <param name="Bytes">The bytes, as written.</param>
public sealed record OutputChunk(bool IsError, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Whether both streams were one file, so that nobody knows which of them the step wrote to.</summary>
    public bool IsBoth { get; init; }
}
