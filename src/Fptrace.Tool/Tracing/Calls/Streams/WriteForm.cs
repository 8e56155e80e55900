namespace Fptrace.Tracing.Calls.Streams;

/// <summary>How a call writes.</summary>
internal enum WriteForm : byte
{
    /// <summary>The bytes stand in one place, as of write.</summary>
    Bytes,

    /// <summary>An array of iovec(3type) tells where, as of writev.</summary>
    Pieces,

    /// <summary>At an offset of its own, as of pwrite.</summary>
    Elsewhere,
}
