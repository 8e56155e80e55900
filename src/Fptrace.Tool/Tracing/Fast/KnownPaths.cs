using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Fptrace.Linux.Ptracing;

namespace Fptrace.Tracing.Fast;

/// <summary>What is known to all processes of a run, in memory that the armed ones read.</summary>
/// <remarks>
/// It exists where nobody asks which execution made an access. Then what one has recorded need not be recorded of
/// another. Thread-safe.
/// </remarks>
internal sealed class KnownPaths
{
    private readonly Lock _lock = new();

    private KnownPaths(SharedMemory memory) => Memory = memory;

    /// <summary>The table, as <see cref="FastCode"/> reads it.</summary>
    public SharedMemory Memory { get; }

    /// <returns>null where there is no memory for it that others could read.</returns>
    public static KnownPaths? TryMake()
    {
        if (SharedMemory.Create(KnownTable.Everybodys.Size) is not { } memory)
        {
            return null;
        }

        // So it is told from other memory with the same number.
        Random.Shared.NextBytes(memory.Bytes[^KnownTable.Mark..]);
        return new KnownPaths(memory);
    }

    /// <summary>Whether these are the last bytes of the table.</summary>
    public bool IsMark(ReadOnlySpan<byte> bytes) => Memory.Bytes[^KnownTable.Mark..].SequenceEqual(bytes);

    /// <summary>Notes a path, if it has a place left under this generation.</summary>
    public void Note(ReadOnlySpan<byte> path, ProbeKind kind, bool isAbsent, ulong generation)
    {
        if (path.Length >= KnownTable.LongestPath)
        {
            return;
        }

        int place = KnownTable.Everybodys.PlaceOf(path, kind);
        lock (_lock)
        {
            for (int i = place; i < place + KnownTable.Tries; i++)
            {
                Span<byte> entry = Memory.Bytes.Slice(i * KnownTable.EntrySize, KnownTable.EntrySize);
                if (BinaryPrimitives.ReadUInt64LittleEndian(entry) != generation)
                {
                    Write(entry, path, kind, isAbsent, generation);
                    return;
                }

                if (KnownTable.Has(entry, path, kind))
                {
                    if (KnownTable.IsAbsent(entry) != isAbsent)
                    {
                        Write(entry, path, kind, isAbsent, generation);
                    }

                    return;
                }
            }
        }
    }

    // Others may be looking: what is half written has no generation.
    private static void Write(Span<byte> entry, ReadOnlySpan<byte> path, ProbeKind kind, bool isAbsent,
        ulong generation)
    {
        ref ulong first = ref MemoryMarshal.AsRef<ulong>(entry);
        Volatile.Write(ref first, 0);
        Interlocked.MemoryBarrier();
        KnownTable.Write(entry, path, kind, isAbsent);
        Volatile.Write(ref first, generation);
    }
}
