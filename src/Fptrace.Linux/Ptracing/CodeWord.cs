namespace Fptrace.Linux.Ptracing;

/// <summary>Eight bytes of a program's code that a tracer changes.</summary>
/// <param name="Offset">From where its file is mapped; a multiple of 8.</param>
/// <param name="Before">What the file has there.</param>
/// <param name="After">What is there then.</param>
internal readonly record struct CodeWord(ulong Offset, ulong Before, ulong After);
