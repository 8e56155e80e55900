using Fptrace.Linux.Ptracing;

namespace Fptrace.Tracing.Fast;

/// <summary>Arms a process that has asked a lot, in one of its calls.</summary>
internal sealed class LateArming : Arming
{
    private const ulong PROT_READ = 1;
    private const ulong MAP_PRIVATE = 0x2;
    private const ulong MAP_ANONYMOUS = 0x20;
    private const ulong MAP_FIXED_NOREPLACE = 0x100000;
    private const ulong MADV_WIPEONFORK = 18;

    private readonly RemoteCalls _calls;
    private readonly ForeignMemory _memory;
    private readonly FastSegment _segment;
    private readonly ulong _code;
    private int _made;
    private bool _isForeign;

    private LateArming(RemoteCalls calls, ForeignMemory memory, FastSegment segment, ulong code)
    {
        _calls = calls;
        _memory = memory;
        _segment = segment;
        _code = code;
    }

    public override bool StopsAtCalls => true;

    private ulong OwnPages => _code + FastCode.Size;

    private static ulong SizeOfOwnPages => (ulong)FastCode.SizeWith(KnownTable.Own) - FastCode.Size;

    /// <summary>Begins it, at the stop for which the thread was interrupted.</summary>
    /// <param name="stop">The stop.</param>
    /// <param name="instruction">The address behind the instruction of its call.</param>
    /// <param name="fast">Which pages.</param>
    /// <returns>null when it cannot be: the thread stands where it stood.</returns>
    public static LateArming? TryBegin(scoped in Stop stop, ulong instruction, FastPath fast)
    {
        if (RemoteCalls.TryBegin(stop, instruction) is not { } calls || ForeignMemory.Open(stop.Tid) is not { } memory)
        {
            return null;
        }

        ulong code = (instruction - FastSegment.Distance) & ~(FastPath.PageSize - 1);
        calls.Attach(stop, fast.Segment.Memory, code);
        return new LateArming(calls, memory, fast.Segment, code);
    }

    public override ArmingStop Stopped(scoped in Stop stop, out ArmedMemory? armed)
    {
        armed = null;
        if (!_calls.Takes(stop, out long? result))
        {
            _memory.Dispose();
            return ArmingStop.Another;
        }

        if (result is not { } value || GoesOn(stop, value))
        {
            return ArmingStop.Between;
        }

        if (_made == (_segment.Known is null ? 3 : 1) && value >= 0 && !_isForeign)
        {
            armed = ArmedMemory.Of(_segment, new ArmedCode(_code, []), _memory);
        }
        else
        {
            _memory.Dispose();
        }

        _calls.End(stop);
        return ArmingStop.Last;
    }

    public override void Drop() => _memory.Dispose();

    /// <summary>Begins the next call, if there is one and the last one has succeeded.</summary>
    private bool GoesOn(scoped in Stop stop, long result)
    {
        if (_isForeign)
        {
            return false;
        }

        switch (++_made)
        {
            case 1 when (ulong)result == _code && !_segment.IsAt(_code, _memory):
                _isForeign = true;
                _calls.Detach(stop, _code);
                return true;
            case 1 when (ulong)result == _code && _segment.Known is null:
                _calls.Map(stop, OwnPages, SizeOfOwnPages, PROT_READ,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, 0);
                return true;
            case 2 when (ulong)result == OwnPages:
                _calls.Advise(stop, OwnPages, SizeOfOwnPages, MADV_WIPEONFORK);
                return true;
            default:
                return false;
        }
    }
}
