namespace Fptrace.Tracing.Calls.Streams;

/// <summary>How a call passes the bytes that it writes.</summary>
internal enum WriteForm : byte
{
    /// <summary>In one piece, as write does.</summary>
    Bytes,

    /// <summary>In pieces, by an array of iovec(3type), as writev does.</summary>
    Pieces,

    /// <summary>To an offset that the call names, as pwrite does.</summary>
    Elsewhere,
}
