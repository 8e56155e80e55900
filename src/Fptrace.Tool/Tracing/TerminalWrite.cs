using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>A write to the terminal between its entry and its exit: where the bytes stand in the memory of the thread.</summary>
/// <param name="Streams">Of which it may be.</param>
/// <param name="Address">Of the bytes, or of an array of iovec(3type).</param>
/// <param name="Pieces">Length of that array; 0 for plain bytes, -1 where nobody knows what is written.</param>
/// <param name="PointerSize">4 or 8.</param>
internal readonly record struct TerminalWrite(TerminalStreams Streams, ulong Address, long Pieces, int PointerSize);
