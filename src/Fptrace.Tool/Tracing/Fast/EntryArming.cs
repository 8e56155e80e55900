using Fptrace.Linux.Ptracing;

namespace Fptrace.Tracing.Fast;

/// <summary>Arms a process before the first instruction of its program, and patches the dynamic linker.</summary>
internal sealed class EntryArming : Arming
{
    private readonly EntryCall _call;
    private readonly FastSegment _segment;
    private bool _isOver;

    private EntryArming(EntryCall call, FastSegment segment)
    {
        _call = call;
        _segment = segment;
    }

    public override bool StopsAtCalls => false;

    /// <summary>Begins it, at PTRACE_EVENT_EXEC.</summary>
    /// <returns>null when it cannot be.</returns>
    public static EntryArming? TryBegin(scoped in Stop stop, Loader loader, FastSegment segment) =>
        EntryCall.TryBegin(stop, loader.Entry, loader.Words, segment.Memory, FastSegment.Distance) is { } call
            ? new EntryArming(call, segment)
            : null;

    public override ArmingStop Stopped(scoped in Stop stop, out ArmedMemory? armed)
    {
        armed = null;
        if (_call.Ended(stop) is not { } result)
        {
            return ArmingStop.Another;
        }

        ulong code = (ulong)result;

        bool isThere = !_isOver && _segment.IsAt(code, stop);
        if (!isThere && !_isOver && result is not (< 0 and > -4096))
        {
            _isOver = true;
            _call.Detach(stop, code);
            return ArmingStop.Between;
        }

        _call.End(stop, isThere);
        armed = isThere ? ArmedMemory.Of(_segment, new ArmedCode(code, [])) : null;
        return ArmingStop.Last;
    }
}
