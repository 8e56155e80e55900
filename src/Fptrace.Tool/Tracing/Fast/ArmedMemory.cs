using System.Buffers.Binary;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Fast;

/// <summary>The address space of an armed process: what of our code is there, and what is noted there as
/// known.</summary>
/// <remarks>
/// The program may only read and execute our pages. The tracer writes them through /proc/PID/mem. Whoever handles a
/// call of a process writes what that call made known; everybody may write that nothing is known any more.
/// </remarks>
internal sealed class ArmedMemory : IDisposable
{
    private readonly ForeignMemory _memory;
    private readonly FastGate _gate;
    private readonly Lock _lock = new();

    // The generation of each entry of its own table; null where it reads everybody's.
    private readonly ulong[]? _places;

    // How many processes have it. Only the ptrace thread changes it.
    private volatile int _users = 1;
    private volatile ArmedCode _patched;
    private (int Number, ulong End)[] _sites = [];
    private bool _isGivenUp;

    private ArmedMemory(ForeignMemory memory, FastGate gate, ArmedCode patched)
    {
        _memory = memory;
        _gate = gate;
        _patched = patched;
        _places = patched.Table == patched.Address + FastCode.PathTable ? new ulong[KnownTable.Own.Entries] : null;
    }

    /// <summary>Fills the pages that the process has just mapped.</summary>
    /// <param name="memory">The address space; null result: it is closed.</param>
    /// <param name="gate">Where its first page is.</param>
    /// <param name="code">Where the others are.</param>
    /// <param name="table">Where everybody's paths are; 0 for a process that has its own behind the code.</param>
    public static ArmedMemory? Fill(ForeignMemory memory, FastGate gate, ulong code, ulong table)
    {
        if (memory.TryWrite(gate.Address, gate.Bytes(code)))
        {
            table = table == 0 ? code + FastCode.PathTable : table;
            return new ArmedMemory(memory, gate, new ArmedCode(code, table, [], 0));
        }

        memory.Dispose();
        return null;
    }

    /// <summary>The address space of a process that fork has made.</summary>
    /// <returns>null when our pages are not there: a process that was made before its maker was armed lacks
    /// them.</returns>
    public static ArmedMemory? Adopt(int tid, FastGate gate, ArmedCode inherited)
    {
        if (ForeignMemory.Open(tid) is not { } memory)
        {
            return null;
        }

        Span<byte> page = stackalloc byte[FastGate.Size];
        if (memory.TryRead(gate.Address, page)
            && BinaryPrimitives.ReadUInt64LittleEndian(page[FastGate.CodeAddress..]) == inherited.Address)
        {
            // Its maker may have patched more calls since.
            ArmedCode patched = inherited with { Slots = FastGate.UsedSlots(page) };
            return new ArmedMemory(memory, gate, patched);
        }

        memory.Dispose();
        return null;
    }

    /// <summary>What a process has that fork makes now.</summary>
    public ArmedCode Patched => _patched;

    private ulong Code => _patched.Address;

    /// <summary>Whether several processes have this address space (CLONE_VM). Then nothing is noted: each has
    /// descriptors, and may have a root directory, of its own.</summary>
    public bool IsShared => _users > 1;

    /// <summary>Called when another process has the same address space.</summary>
    public void Join() => _users++;

    /// <summary>Called when a process is gone, or has another program.</summary>
    /// <returns>Whether nobody has this address space any more.</returns>
    public bool Leave() => --_users == 0;

    /// <inheritdoc cref="FastCode.AfterFault"/>
    public ulong? AfterFault(ulong instruction) => FastCode.AfterFault(Code, instruction);

    /// <summary>From now on only what is noted under this generation is known.</summary>
    /// <returns>false when the process is gone, has given our pages back, or is given up.</returns>
    public bool SetGeneration(ulong generation)
    {
        lock (_lock)
        {
            return !_isGivenUp && Write(FastCode.Generation, generation);
        }
    }

    /// <summary>From now on nothing is known.</summary>
    public void GiveUp()
    {
        lock (_lock)
        {
            _isGivenUp = true;
            Write(FastCode.Generation, FastCode.NoGeneration);
        }
    }

    /// <summary>Patches a system call, if it is one that can be, and those that earlier processes have made near it.
    /// The process has one thread, which is in that call.</summary>
    public void Patch(int number, ulong end, NearbySites nearby)
    {
        lock (_lock)
        {
            if (_patched.Seen.Contains(end))
            {
                return;
            }

            _patched = _patched with { Seen = _patched.Seen.Add(end) };
            if (!TryPatch(number, end))
            {
                return;
            }

            foreach ((int Number, ulong End) earlier in _sites)
            {
                nearby.Add(earlier, (number, end));
            }

            _sites = [.. _sites, (number, end)];
            foreach ((int Number, ulong End) other in nearby.Around(number, end))
            {
                // If it is not there, its library may come later.
                if (!_patched.Seen.Contains(other.End) && TryPatch(other.Number, other.End))
                {
                    _patched = _patched with { Seen = _patched.Seen.Add(other.End) };
                }
            }
        }
    }

    public void KnowStream(int fd, Direction direction, ulong generation) =>
        Write(FastCode.StreamAt(fd, direction), generation);

    public void ForgetStream(int fd)
    {
        Write(FastCode.StreamAt(fd, Direction.Read), 0);
        Write(FastCode.StreamAt(fd, Direction.Write), 0);
    }

    /// <summary>Notes a path, if it has a place left under this generation. Everybody's are noted elsewhere.</summary>
    public void KnowPath(ReadOnlySpan<byte> path, ProbeKind kind, bool isAbsent, ulong generation)
    {
        if (_places is null || path.Length >= KnownTable.LongestPath
            || !TryPlace(_places, KnownTable.Own.PlaceOf(path, kind), generation, out int place))
        {
            return;
        }

        Span<byte> entry = stackalloc byte[KnownTable.EntrySize];
        KnownTable.Write(entry, path, kind, isAbsent);
        int at = FastCode.PathTable + (place * KnownTable.EntrySize);

        // The generation comes last: other threads of the process may be looking.
        if (_memory.TryWrite(Code + (ulong)(at + KnownTable.Kind), entry[KnownTable.Kind..]))
        {
            Write(at, generation);
        }
    }

    private bool TryPlace(ulong[] places, int first, ulong generation, out int place)
    {
        lock (_lock)
        {
            for (place = first; place < first + KnownTable.Tries; place++)
            {
                if (places[place] != generation)
                {
                    places[place] = generation;
                    return true;
                }
            }

            return false;
        }
    }

    public void Dispose() => _memory.Dispose();

    private bool TryPatch(int number, ulong end)
    {
        Span<byte> around = stackalloc byte[CallSite.Before + CallSite.After];
        if (_patched.Slots == FastGate.Slots
            || !_memory.TryRead(end - CallSite.Before, around)
            || CallSite.Find(number, end, around) is not { } site)
        {
            return false;
        }

        int slot = _patched.Slots;
        Span<byte> jump = stackalloc byte[8];
        var writer = new CodeWriter(jump, site.Padding != 0 ? site.Padding : site.Start);
        writer.Add(0xe9);                                  // jmp to our code
        if (!TryAddRelative(ref writer, FastCode.EntryOf(Code, slot), site))
        {
            return false;
        }

        Span<byte> goesOn = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(goesOn, FastCode.ReturnOf(Code, slot, site));
        if (!_memory.TryWrite(FastCode.SlotAt(Code, slot), Slot(slot, site))
            || !_memory.TryWrite(_gate.Address + FastGate.Returns + (ulong)(slot * sizeof(ulong)), goesOn)
            || !_memory.TryWrite(site.Padding != 0 ? site.Padding : site.Start, jump[..writer.Length]))
        {
            return false;
        }

        _patched = _patched with { Slots = slot + 1 };

        // jmp to the padding
        return site.Padding == 0
            || _memory.TryWrite(site.Start, [0xeb, (byte)(site.Padding - site.Start - 2)]);
    }

    private byte[] Slot(int slot, in CallSite site) => FastCode.Bytes(Code, slot, _gate.CallOf(slot), _patched.Table,
        _places is null ? KnownTable.Everybodys : KnownTable.Own, site);

    private static bool TryAddRelative(ref CodeWriter writer, ulong to, in CallSite site)
    {
        if (Math.Abs((long)(to - site.Start)) > int.MaxValue - FastCode.SizeWithPaths)
        {
            return false;
        }

        writer.AddRelative(to);
        return true;
    }

    private bool Write(int at, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return _memory.TryWrite(Code + (ulong)at, bytes);
    }
}
