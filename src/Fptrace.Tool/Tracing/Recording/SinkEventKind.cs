namespace Fptrace.Tracing.Recording;

/// <summary>The methods of a sink.</summary>
internal enum SinkEventKind : byte
{
    Started,
    Accessed,
    Unread,
    Emptied,
    Exited,
    Ended,
}
