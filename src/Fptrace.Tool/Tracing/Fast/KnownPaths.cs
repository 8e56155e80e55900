using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;

namespace Fptrace.Tracing.Fast;

/// <summary>What is known to all processes of a run, in memory that the armed ones read.</summary>
/// <remarks>
/// It exists where nobody asks which execution made an access. Then what one has recorded need not be recorded of
/// another. Thread-safe.
/// </remarks>
/// <param name="memory">Has it where <see cref="FastCode"/> reads it.</param>
internal sealed class KnownPaths(SharedMemory memory)
{
    /// <summary>If more names are lost, any may be.</summary>
    public const int MostLost = 1 << 16;

    private readonly Lock _lock = new();
    private readonly HashSet<ArmedMemory> _strangers = [];
    private readonly HashSet<ByteString> _lost = new(PathBytes.Comparer);
    private ulong _generation;

    /// <summary>The table, as <see cref="FastCode"/> reads it.</summary>
    public Span<byte> Table => memory.Bytes[FastCode.PathTable..];

    /// <summary>From now on only what is noted under this generation is known.</summary>
    public void Begin(ulong generation)
    {
        lock (_lock)
        {
            _generation = generation;
            _lost.Clear();
            Tell();
        }
    }

    /// <summary>A regular file loses this name, by which processes may know it.</summary>
    public void Lose(ByteString path)
    {
        lock (_lock)
        {
            if (_lost.Count < MostLost)
            {
                _lost.Add(LastName(path));
            }
        }
    }

    /// <summary>Whether a regular file may have lost this name under the present generation.</summary>
    public bool IsLost(ByteString path)
    {
        lock (_lock)
        {
            return _lost.Count >= MostLost || _lost.Contains(LastName(path));
        }
    }

    /// <summary>For an address space these paths may mean other files from now on. Until it is gone, nothing is known
    /// to anybody.</summary>
    public void Suspend(ArmedMemory stranger)
    {
        lock (_lock)
        {
            _strangers.Add(stranger);
            Tell();
        }
    }

    /// <summary>Whether nothing is known to anybody now.</summary>
    public bool IsSuspended
    {
        get
        {
            lock (_lock)
            {
                return _strangers.Count > 0;
            }
        }
    }

    /// <summary>An address space is gone.</summary>
    public void Resume(ArmedMemory stranger)
    {
        lock (_lock)
        {
            if (_strangers.Remove(stranger))
            {
                Tell();
            }
        }
    }

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
                Span<byte> entry = Table.Slice(i * KnownTable.EntrySize, KnownTable.EntrySize);
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

    // Links and mounts may give its directory any name, and some directories take a and A for one letter.
    private static ByteString LastName(ByteString path)
    {
        byte[] name = path.Span[(path.Span.LastIndexOf((byte)'/') + 1)..].ToArray();
        _ = Ascii.ToLowerInPlace(name, out int length);
        return length < name.Length ? default : new ByteString(name);
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

    private void Tell()
    {
        Volatile.Write(ref MemoryMarshal.AsRef<ulong>(memory.Bytes[FastCode.Generation..]),
            _strangers.Count == 0 ? _generation : FastCode.NoGeneration);

        // Whoever is told next that a call may go on finds it.
        Interlocked.MemoryBarrier();
    }
}
