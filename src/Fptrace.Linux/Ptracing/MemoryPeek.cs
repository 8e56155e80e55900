namespace Fptrace.Linux.Ptracing;

/// <summary>Reads memory of a thread that only its tracer may read.</summary>
/// <returns>False when not all of it can be read.</returns>
internal delegate bool MemoryPeek(int tid, ulong address, Span<byte> target);
