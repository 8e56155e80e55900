using System.Buffers.Binary;
using System.Net;
using Fptrace.Linux.Headers;

namespace Fptrace.Tracing.Proc;

/// <summary>The address of a socket: the bytes of a struct sockaddr.</summary>
internal readonly ref struct SocketAddress
{
    /// <summary>sizeof(struct sockaddr_storage).</summary>
    public const int MostBytes = 128;

    /// <summary>The size of the family, which stands before all else.</summary>
    public const int FamilyBytes = 2;

    private readonly ReadOnlySpan<byte> _bytes;

    /// <param name="bytes">At least the two bytes of the family.</param>
    public SocketAddress(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The internet address and port. Valid only where <see cref="IsInternet"/>.</summary>
    public InternetEndpoint Endpoint =>
        InternetEndpoint.Of(Family == socket.AF_INET ? _bytes.Slice(4, 4) : _bytes.Slice(8, 16), Port);

    public bool IsInternet => (Family == socket.AF_INET && _bytes.Length >= 8)
        || (Family == socket.AF_INET6 && _bytes.Length >= 24);

    /// <summary>Whether the address leads only to this machine.</summary>
    public bool IsLocal => IsInternet && Endpoint.IsLocal;

    public int Family => BinaryPrimitives.ReadUInt16LittleEndian(_bytes);

    /// <summary>Whether the address leads to a network.</summary>
    /// <remarks>Netlink and AF_ALG sockets reach only the kernel. AF_UNSPEC ends a connection (connect(2)).</remarks>
    public bool IsNetwork => Family is not (socket.AF_UNSPEC or socket.AF_UNIX or socket.AF_NETLINK or socket.AF_ALG);

    /// <summary>The path of a Unix socket; empty for one without a name. A NUL may end it (unix(7)).</summary>
    public ReadOnlySpan<byte> UnixPath
    {
        get
        {
            ReadOnlySpan<byte> path = UnixName;
            int end = path.IndexOf((byte)0);
            return end < 0 ? path : path[..end];
        }
    }

    /// <summary>
    /// Whether the name is abstract: not in the file system, and with a NUL at its beginning (unix(7)).
    /// </summary>
    public bool IsAbstract => UnixName is [0, _, ..];

    /// <summary>All bytes after the family of a Unix address; empty for other families.</summary>
    public ReadOnlySpan<byte> UnixName => Family == socket.AF_UNIX ? _bytes[FamilyBytes..] : default;

    public override string ToString() => Family switch
    {
        socket.AF_INET when _bytes.Length >= 8 => $"{new IPAddress(_bytes.Slice(4, 4))} port {Port}",
        socket.AF_INET6 when _bytes.Length >= 24 => $"{new IPAddress(_bytes.Slice(8, 16))} port {Port}",
        _ => $"an address of family {Family}",
    };

    private int Port => BinaryPrimitives.ReadUInt16BigEndian(_bytes[FamilyBytes..]);
}
