namespace Fptrace.Tracing.Recording;

/// <summary>Which method of a sink an event calls.</summary>
internal enum SinkEventKind : byte
{
    Started,
    Accessed,
    Unread,
    Emptied,
    Exited,
    Ended,
}
