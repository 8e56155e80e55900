namespace Fptrace.Engine;

/// <summary>One access of the full trace; paths as the trace has them.</summary>
internal sealed record TracedAccess(long Order, int Execution, string Kind, string Path, string? Counterpart);
