namespace Fptrace.Linux.Descriptors;

/// <summary>What kind of socket a descriptor is.</summary>
internal enum SocketProtocol
{
    /// <summary>None of these, or no socket.</summary>
    Other,

    /// <summary>TCP, or several of it at once (MPTCP).</summary>
    Stream,

    /// <summary>UDP.</summary>
    Datagram,

    /// <summary>It has no address of a network.</summary>
    Unix,
}
