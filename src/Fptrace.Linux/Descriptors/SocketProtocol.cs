namespace Fptrace.Linux.Descriptors;

/// <summary>The kind of a socket.</summary>
internal enum SocketProtocol
{
    /// <summary>Another kind, or no socket.</summary>
    Other,

    /// <summary>TCP, or MPTCP, which combines several TCP connections.</summary>
    Stream,

    /// <summary>UDP.</summary>
    Datagram,

    /// <summary>A unix socket, which has no network address.</summary>
    Unix,
}
