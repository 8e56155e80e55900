using System.Buffers;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Fast;

/// <summary>The calls of the C libraries that processes of a run have mapped. Not thread-safe.</summary>
/// <remarks>
/// A call is patched when it asks, but not while another thread may be in it. So before a process makes its first
/// thread, all of them are patched that ask about a path.
/// </remarks>
internal sealed class LibraryCalls
{
    private const int ChunkSize = 1 << 16;

    private readonly Dictionary<FilePart, (int Number, ulong Distance)[]> _known = [];

    /// <summary>Those of one process.</summary>
    /// <returns>The number of each call, and the address behind its instruction. They may be patched already.</returns>
    public List<(int Number, ulong End)> Of(int tid, ForeignMemory memory)
    {
        List<(int Number, ulong End)> calls = [];
        foreach (CodeMapping mapping in CodeMapping.Of(tid))
        {
            if (!IsCLibrary(mapping.Path))
            {
                continue;
            }

            if (!_known.TryGetValue(mapping.Part, out (int Number, ulong Distance)[]? known))
            {
                known = Find(mapping, memory);
                _known.Add(mapping.Part, known);
            }

            foreach ((int number, ulong distance) in known)
            {
                calls.Add((number, mapping.Start + distance));
            }
        }

        return calls;
    }

    // Before glibc 2.34 the wrappers for threads were in a library of their own, and the names had versions.
    internal static bool IsCLibrary(ByteString path)
    {
        ReadOnlySpan<byte> name = path.Span[(path.Span.LastIndexOf((byte)'/') + 1)..];
        return name.SequenceEqual("libc.so.6"u8)
            || ((name.StartsWith("libc-2."u8) || name.StartsWith("libpthread-2."u8)) && name.EndsWith(".so"u8));
    }

    // What is mapped is read, for that is what will run.
    private static (int Number, ulong Distance)[] Find(in CodeMapping mapping, ForeignMemory memory)
    {
        const int Overlap = CallSite.Before + CallSite.After;
        List<(int Number, ulong Distance)> found = [];
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkSize);
        for (ulong at = 0; at < mapping.Part.Size; at += ChunkSize - Overlap)
        {
            Span<byte> code = chunk.AsSpan(0, (int)Math.Min(ChunkSize, mapping.Part.Size - at));
            if (!memory.TryRead(mapping.Start + at, code))
            {
                break;
            }

            foreach (CallSite site in CallSite.In(at, code, number => CallSite.KindOf(number) != SiteKind.Stream))
            {
                found.Add((site.Number, site.End));
            }
        }

        ArrayPool<byte>.Shared.Return(chunk);
        return [.. found];
    }
}
