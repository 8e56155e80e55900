using System.Buffers.Binary;
using Fptrace.Linux.Ptracing;

namespace Fptrace.Tracing.Fast;

/// <summary>The memory that each armed process attaches: the code, and behind it, where nobody asks which process made
/// an access, what all of them know. One for a run.</summary>
internal sealed class FastSegment
{
    /// <summary>How far below a library it is attached. A jump reaches 2 GiB; other libraries are in between.</summary>
    public const ulong Distance = 1UL << 30;

    private FastSegment(SharedMemory memory, bool isKnownToAll)
    {
        Memory = memory;
        Known = isKnownToAll ? new KnownPaths(memory) : null;
        FastCode.Write(memory.Bytes, Places, Secret);
        Random.Shared.NextBytes(memory.Bytes.Slice(FastCode.Mark, sizeof(ulong)));
        Mark = BinaryPrimitives.ReadUInt64LittleEndian(memory.Bytes[FastCode.Mark..]);
    }

    public SharedMemory Memory { get; }

    /// <summary>null where each process knows what its own execution has recorded.</summary>
    public KnownPaths? Known { get; }

    /// <summary>Tells it from other memory with the same number.</summary>
    public ulong Mark { get; }

    /// <summary>What a known call has in r9, by which the filter lets it pass.</summary>
    /// <remarks>A program that looks for it and makes calls with it on purpose can hide its probes.</remarks>
    public ulong Secret { get; } = (ulong)Random.Shared.NextInt64(1L << 40, long.MaxValue);

    /// <summary>What kind of table of paths is behind the code.</summary>
    public KnownTable Places => Known is null ? KnownTable.Own : KnownTable.Everybodys;

    /// <returns>null where there is no memory for it that others could read.</returns>
    public static FastSegment? TryMake(bool isKnownToAll) =>
        SharedMemory.Create(isKnownToAll ? FastCode.SizeWith(KnownTable.Everybodys) : FastCode.Size) is { } memory
            ? new FastSegment(memory, isKnownToAll)
            : null;

    /// <summary>Whether a process has it at an address. In another IPC namespace its number may be another's.</summary>
    public bool IsAt(ulong address, ForeignMemory memory)
    {
        Span<byte> mark = stackalloc byte[sizeof(ulong)];
        return memory.TryRead(address + FastCode.Mark, mark)
            && BinaryPrimitives.ReadUInt64LittleEndian(mark) == Mark;
    }

    /// <summary>The same for a thread that stands still.</summary>
    public bool IsAt(ulong address, scoped in Stop stop) =>
        TraceeMemory.TryPeek(stop.Tid, address + FastCode.Mark, out ulong mark) && mark == Mark;
}
