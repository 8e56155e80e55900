using Fptrace.Model;

namespace Fptrace.Tracing.Proc;

/// <summary>
/// Lets a dictionary of paths be searched for bytes in a buffer, so that a known path needs no allocation.
/// </summary>
internal sealed class PathComparer : IEqualityComparer<ByteString>,
    IAlternateEqualityComparer<ReadOnlySpan<byte>, ByteString>
{
    public static readonly PathComparer Instance = new();

    public bool Equals(ByteString x, ByteString y) => x == y;

    public int GetHashCode(ByteString path) => GetHashCode(path.Span);

    public bool Equals(ReadOnlySpan<byte> alternate, ByteString other) => alternate.SequenceEqual(other.Span);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = new HashCode();
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    public ByteString Create(ReadOnlySpan<byte> alternate) => new(alternate);
}
