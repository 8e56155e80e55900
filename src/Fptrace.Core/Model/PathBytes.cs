using System.Diagnostics.CodeAnalysis;

namespace Fptrace.Model;

/// <summary>Compares names with spans of bytes, so that a lookup in a dictionary allocates no name.</summary>
public sealed class PathBytes : IEqualityComparer<ByteString>,
    IAlternateEqualityComparer<ReadOnlySpan<byte>, ByteString>
{
    public static PathBytes Comparer { get; } = new();

    public bool Equals(ByteString x, ByteString y) => x.Equals(y);

    public int GetHashCode([DisallowNull] ByteString obj) => GetHashCode(obj.Span);

    public bool Equals(ReadOnlySpan<byte> alternate, ByteString other) => alternate.SequenceEqual(other.Span);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)System.IO.Hashing.XxHash3.HashToUInt64(alternate);

    public ByteString Create(ReadOnlySpan<byte> alternate) => new(alternate);
}
