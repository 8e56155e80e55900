namespace Fptrace.Tracing;

/// <summary>What the descriptors 0 to 2 of a thread led to when they were last read or written.</summary>
/// <remarks>A program that writes byte by byte asks for nothing but this, a hundred thousand times a second.</remarks>
internal sealed class StandardStreams
{
    private readonly byte[]?[] _links = new byte[]?[6];

    /// <summary>Whether the same link was seen here before.</summary>
    public bool Knows(int fd, bool writes, ReadOnlySpan<byte> link) => link.SequenceEqual(_links[Index(fd, writes)]);

    public void Remember(int fd, bool writes, ReadOnlySpan<byte> link) => _links[Index(fd, writes)] = link.ToArray();

    private static int Index(int fd, bool writes) => (2 * fd) + (writes ? 1 : 0);
}
