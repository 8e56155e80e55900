using Fptrace.Linux.Ptracing;

namespace Fptrace.Tracing.Fast;

/// <summary>How far a thread is with mapping our pages, from one stop to the next.</summary>
internal sealed class Arming
{
    private const ulong PROT_READ = 1;
    private const ulong PROT_EXEC = 4;
    private const ulong MAP_PRIVATE = 0x2;
    private const ulong MAP_ANONYMOUS = 0x20;
    private const ulong MAP_FIXED_NOREPLACE = 0x100000;
    private const ulong MADV_WIPEONFORK = 18;

    // A jump reaches 2 GiB.
    private const ulong Reach = 1UL << 30;

    private readonly RemoteCalls _calls;
    private readonly ForeignMemory _memory;
    private readonly FastGate _gate;
    private readonly KnownPaths? _known;
    private ulong _code;
    private ulong _table;
    private int _made;

    private Arming(RemoteCalls calls, ForeignMemory memory, FastPath fast)
    {
        _calls = calls;
        _memory = memory;
        _gate = fast.Gate;
        _known = fast.Everybodys;
    }

    // With everybody's table none of its own is needed.
    private int Size => _known is null ? FastCode.SizeWithPaths : FastCode.Size;

    /// <summary>Begins it, at the stop for which the thread was interrupted.</summary>
    /// <param name="stop">The stop.</param>
    /// <param name="instruction">The address behind the instruction of its call.</param>
    /// <param name="fast">Where the pages are to be, and which.</param>
    /// <returns>null when it cannot be: the thread stands where it stood.</returns>
    public static Arming? TryBegin(scoped in Stop stop, ulong instruction, FastPath fast)
    {
        if (RemoteCalls.TryBegin(stop, instruction) is not { } calls || ForeignMemory.Open(stop.Tid) is not { } memory)
        {
            return null;
        }

        var arming = new Arming(calls, memory, fast);
        arming.Map(stop, (instruction - Reach) & ~0xfffUL, (ulong)arming.Size, 0);
        return arming;
    }

    /// <summary>Called at the next stop of the thread.</summary>
    /// <param name="stop">The stop.</param>
    /// <param name="armed">Its memory, when the pages are there and filled.</param>
    /// <returns>What the stop is.</returns>
    public ArmingStop Stopped(scoped in Stop stop, out ArmedMemory? armed)
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

        if (_known is null ? _made == 3 && value == 0 : _made == 4 && _table != 0)
        {
            armed = ArmedMemory.Fill(_memory, _gate, _code, _table);
        }
        else
        {
            _memory.Dispose();
        }

        _calls.End(stop);
        return ArmingStop.Last;
    }

    /// <summary>Called when the thread has ended.</summary>
    public void Drop() => _memory.Dispose();

    /// <summary>Begins the next call, if there is one and the last one has succeeded.</summary>
    private bool GoesOn(scoped in Stop stop, long result)
    {
        switch (++_made)
        {
            case 1 when result is not (< 0 and > -4096):
                _code = (ulong)result;
                Map(stop, _gate.Address, FastGate.Size, MAP_FIXED_NOREPLACE);
                return true;
            case 2 when (ulong)result == _gate.Address:
                _calls.Advise(
                    stop, _code + FastCode.Generation, (ulong)Size - FastCode.Generation, MADV_WIPEONFORK);
                return true;
            case 3 when result == 0 && _known is not null:
                _calls.Attach(stop, _known.Memory);
                return true;
            case 4 when result is not (< 0 and > -4096) && !IsTable((ulong)result):
                _calls.Detach(stop, (ulong)result);
                return true;
            default:
                return false;
        }
    }

    // In another IPC namespace it may be other memory.
    private bool IsTable(ulong address)
    {
        Span<byte> mark = stackalloc byte[KnownTable.Mark];
        ulong end = address + (ulong)KnownTable.Everybodys.Size;
        if (!_memory.TryRead(end - KnownTable.Mark, mark) || !_known!.IsMark(mark))
        {
            return false;
        }

        _table = address;
        return true;
    }

    // The filter lets them pass by their offset.
    private void Map(scoped in Stop stop, ulong address, ulong size, ulong flags) => _calls.Map(
        stop, address, size, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | flags, (ulong)_gate.Pass << 32);
}
