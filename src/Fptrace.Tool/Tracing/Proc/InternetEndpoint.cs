using System.Buffers.Binary;

namespace Fptrace.Tracing.Proc;

/// <summary>An address of the internet protocol and a port.</summary>
/// <param name="Address">Of version 6; those of version 4 are mapped into it, as <c>::ffff:127.0.0.1</c>.</param>
/// <param name="Port">Of TCP or UDP.</param>
internal readonly record struct InternetEndpoint(UInt128 Address, int Port)
{
    private static readonly UInt128 s_mapped = (UInt128)0xffff << 32;

    /// <summary>0.0.0.0 or ::, which mean all addresses of this machine to who listens, and its loopback to who connects.</summary>
    public bool IsUnspecified => Address == 0 || Address == s_mapped;

    /// <summary>127.0.0.0/8, ::1, or unspecified: it leads nowhere but to this machine.</summary>
    public bool IsLocal => IsUnspecified || Address == 1 || Address >> 24 == (s_mapped >> 24) + 127;

    /// <summary>Whether a socket with this local address gets what is sent to another one.</summary>
    public bool Receives(InternetEndpoint target) =>
        Port == target.Port && (IsUnspecified || Address == target.Address || (target.IsUnspecified && IsLocal));

    public static InternetEndpoint Of(ReadOnlySpan<byte> address, int port) => address.Length == 4
        ? new(s_mapped | BinaryPrimitives.ReadUInt32BigEndian(address), port)
        : new(BinaryPrimitives.ReadUInt128BigEndian(address), port);
}
