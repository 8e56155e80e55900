using System.Runtime.InteropServices;
using Fptrace.Model;

namespace Fptrace.Tracing.Recording;

/// <summary>A call of a sink's method that is still to be made.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct SinkEvent
{
    private readonly Execution? _execution;
    private readonly Access _access;

    public SinkEvent(SinkEventKind kind, Execution execution, in Access access = default)
    {
        Kind = kind;
        _execution = execution;
        _access = access;
    }

    /// <summary>Makes an event about a file that belongs to no execution.</summary>
    public SinkEvent(SinkEventKind kind, AccessFacts facts)
    {
        Kind = kind;
        _access = new Access { Facts = facts };
    }

    public SinkEventKind Kind { get; }

    /// <summary>For <see cref="SinkEventKind.Exited"/>: the process that has ended.</summary>
    public int Pid { get; init; }

    public int Status { get; init; }

    public long TimeNs { get; init; }

    public void Tell(ITraceSink sink)
    {
        switch (Kind)
        {
            case SinkEventKind.Started:
                sink.Started(_execution!);
                break;
            case SinkEventKind.Accessed:
                sink.Accessed(_execution!, _access);
                break;
            case SinkEventKind.Unread:
                sink.Unread(_access.Facts!);
                break;
            case SinkEventKind.Emptied:
                sink.Emptied(_access.Facts!);
                break;
            case SinkEventKind.Exited:
                sink.Exited(_execution!, Pid, TimeNs, Status);
                break;
            default:
                sink.Ended(_execution!);
                break;
        }
    }
}
