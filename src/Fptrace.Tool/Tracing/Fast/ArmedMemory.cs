using System.Buffers.Binary;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Fast;

/// <summary>The address space of an armed process: what of our code is there, and what is noted there as
/// known.</summary>
/// <remarks>
/// The program may only read and execute our pages. The tracer writes them, and the program's code, through
/// /proc/PID/mem. Whoever handles a call of a process writes what that call made known; everybody may write that
/// nothing is known any more. Where all processes know the same, nothing is noted in their own memory.
/// </remarks>
internal sealed class ArmedMemory : IDisposable
{
    private readonly KnownPaths? _known;

    // Only of a process that has its own table. The others' is opened when a call is patched.
    private readonly ForeignMemory? _memory;
    private readonly Lock _lock = new();

    // The generation of each entry of its own table.
    private readonly ulong[] _places;

    // How many processes have it. Only the ptrace thread changes it.
    private volatile int _users = 1;
    private volatile ArmedCode _patched;
    private (int Number, ulong End)[] _sites = [];

    // How many of these processes ask about each call.
    private int _strangers;
    private bool _hasPatchedLibraries;

    private ArmedMemory(KnownPaths? known, ForeignMemory? memory, ArmedCode patched)
    {
        _known = known;
        _memory = memory;
        _patched = patched;
        _places = known is null ? new ulong[KnownTable.Own.Entries] : [];
    }

    /// <summary>The address space of a process that has attached the segment.</summary>
    /// <param name="segment">What it has attached.</param>
    /// <param name="patched">Where, and what calls it.</param>
    /// <param name="memory">Is kept, or closed.</param>
    public static ArmedMemory Of(FastSegment segment, ArmedCode patched, ForeignMemory? memory = null)
    {
        if (segment.Known is null)
        {
            return new ArmedMemory(null, memory, patched);
        }

        memory?.Dispose();
        return new ArmedMemory(segment.Known, null, patched);
    }

    /// <summary>That of a process which fork has made, and which has a table to itself: nothing is known to it
    /// yet.</summary>
    /// <returns>null when our pages are not there: a process that was made before its maker was armed lacks
    /// them.</returns>
    public static ArmedMemory? Adopt(int tid, FastSegment segment, ArmedCode inherited)
    {
        if (ForeignMemory.Open(tid) is not { } memory)
        {
            return null;
        }

        if (segment.IsAt(inherited.Address, memory))
        {
            return new ArmedMemory(null, memory, inherited);
        }

        memory.Dispose();
        return null;
    }

    /// <summary>What a process has that fork makes now.</summary>
    public ArmedCode Patched => _patched;

    /// <summary>Whether nothing is known there any more.</summary>
    public bool IsGivenUp => Volatile.Read(ref _strangers) > 0;

    private ulong Code => _patched.Address;

    /// <summary>Whether several processes have this address space (CLONE_VM). Then nothing is noted: each has
    /// descriptors, and may have a root directory, of its own.</summary>
    public bool IsShared => _users > 1;

    /// <summary>Called when another process has the same address space.</summary>
    public void Join() => _users++;

    /// <summary>Called when a process is gone, or has another program.</summary>
    /// <param name="isStranger">Whether it was one for which <see cref="GiveUp"/> was called.</param>
    /// <returns>Whether nobody has this address space any more.</returns>
    public bool Leave(bool isStranger)
    {
        lock (_lock)
        {
            // One with a table to itself has forgotten all, and nobody notes anything there again.
            if (isStranger && _known is not null && --_strangers == 0)
            {
                _known.Resume(this);
            }
        }

        return --_users == 0;
    }

    /// <inheritdoc cref="FastCode.AfterFault"/>
    public ulong? AfterFault(ulong instruction) => FastCode.AfterFault(Code, instruction);

    /// <summary>From now on only what is noted under this generation is known.</summary>
    /// <returns>false when the process is gone, has given our pages back, or is given up.</returns>
    public bool SetGeneration(ulong generation)
    {
        lock (_lock)
        {
            return _strangers == 0 && Write(FastCode.Generation, generation);
        }
    }

    /// <summary>Nothing is known any more, because one of the processes is a stranger: paths may mean other files to
    /// it.</summary>
    public void GiveUp()
    {
        lock (_lock)
        {
            _strangers++;
            _known?.Suspend(this);
            Write(FastCode.Generation, FastCode.NoGeneration);
        }
    }

    /// <summary>Patches a system call, if it is one that can be, and those that earlier processes have made near it.
    /// The process has one thread, which is in that call.</summary>
    public void Patch(int tid, int number, ulong end, NearbySites nearby)
    {
        lock (_lock)
        {
            if (_patched.Seen.Contains(end))
            {
                return;
            }

            using ForeignMemory? opened = _memory is null ? ForeignMemory.Open(tid) : null;
            if ((_memory ?? opened) is { } memory)
            {
                Patch(tid, memory, number, end, nearby);
            }
        }
    }

    /// <summary>Patches the system calls of its libraries. No thread of the process runs.</summary>
    public void Patch(int tid, LibraryCalls calls)
    {
        lock (_lock)
        {
            if (_hasPatchedLibraries)
            {
                return;
            }

            using ForeignMemory? memory = ForeignMemory.Open(tid);
            if (memory is null)
            {
                return;
            }

            _hasPatchedLibraries = true;
            foreach ((int number, ulong end) in calls.Of(tid, memory))
            {
                if (!_patched.Seen.Contains(end) && TryPatch(tid, memory, number, end))
                {
                    _patched = _patched with { Seen = _patched.Seen.Add(end) };
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
        if (_memory is null || path.Length >= KnownTable.LongestPath
            || !TryPlace(KnownTable.Own.PlaceOf(path, kind), generation, out int place))
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

    private bool TryPlace(int first, ulong generation, out int place)
    {
        lock (_lock)
        {
            for (place = first; place < first + KnownTable.Tries; place++)
            {
                if (_places[place] != generation)
                {
                    _places[place] = generation;
                    return true;
                }
            }

            return false;
        }
    }

    public void Dispose() => _memory?.Dispose();

    private void Patch(int tid, ForeignMemory memory, int number, ulong end, NearbySites nearby)
    {
        _patched = _patched with { Seen = _patched.Seen.Add(end) };
        if (!TryPatch(tid, memory, number, end))
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
            if (!_patched.Seen.Contains(other.End) && TryPatch(tid, memory, other.Number, other.End))
            {
                _patched = _patched with { Seen = _patched.Seen.Add(other.End) };
            }
        }
    }

    private bool TryPatch(int tid, ForeignMemory memory, int number, ulong end)
    {
        Span<byte> around = stackalloc byte[CallSite.Before + CallSite.After];
        if (!memory.TryRead(end - CallSite.Before, around)
            || CallSite.Find(number, end, around) is not { } site
            || Math.Abs((long)(Code - site.Start)) > int.MaxValue - FastCode.Size)
        {
            return false;
        }

        // What the program may write may be a file on the disk.
        if (TraceeMemory.MayWrite(tid, end - 1, around[CallSite.Before - 1]))
        {
            return false;
        }

        ulong start = site.Padding != 0 ? site.Padding : site.Start;
        Span<byte> call = stackalloc byte[8];
        var writer = new CodeWriter(call, start);
        writer.AddCall(Code + (ulong)FastCode.EntryOf(site));

        // jmp to the padding
        return memory.TryWrite(start, call[..writer.Length])
            && (site.Padding == 0 || memory.TryWrite(site.Start, [0xeb, (byte)(start - site.Start - 2)]));
    }

    private bool Write(int at, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return _memory?.TryWrite(Code + (ulong)at, bytes) == true;
    }
}
