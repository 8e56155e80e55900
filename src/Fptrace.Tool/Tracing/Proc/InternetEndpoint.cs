using System.Buffers.Binary;

namespace Fptrace.Tracing.Proc;

/// <summary>An internet address and a port.</summary>
/// <param name="Address">An IPv6 address. An IPv4 address is mapped to one, such as <c>::ffff:127.0.0.1</c>.</param>
/// <param name="Port">A port of TCP or UDP.</param>
internal readonly record struct InternetEndpoint(UInt128 Address, int Port)
{
    private static readonly UInt128 s_mapped = (UInt128)0xffff << 32;

    /// <summary>
    /// 0.0.0.0 or ::. A listener means by it all addresses of the machine, a client the loopback address.
    /// </summary>
    public bool IsUnspecified => Address == 0 || Address == s_mapped;

    /// <summary>Whether the address leads only to this machine: 127.0.0.0/8, ::1, or unspecified.</summary>
    public bool IsLocal => IsUnspecified || Address == 1 || Address >> 24 == (s_mapped >> 24) + 127;

    /// <summary>Whether a socket with this local address receives what is sent to <paramref name="target"/>.</summary>
    public bool Receives(InternetEndpoint target) =>
        Port == target.Port && (IsUnspecified || Address == target.Address || (target.IsUnspecified && IsLocal));

    public static InternetEndpoint Of(ReadOnlySpan<byte> address, int port) => address.Length == 4
        ? new(s_mapped | BinaryPrimitives.ReadUInt32BigEndian(address), port)
        : new(BinaryPrimitives.ReadUInt128BigEndian(address), port);
}
