namespace Fptrace.Generated;

/// <summary>An access that a trace must have.</summary>
/// <param name="Line">Where the steps of its execution begin.</param>
/// <param name="Kind">The trace's word.</param>
/// <param name="Path">Absolute.</param>
/// <param name="Counterpart">As the trace has it.</param>
/// <param name="IsOptional">The trace may have it: it is known already, and repeated or not is the same to a
/// reader.</param>
internal sealed record PredictedAccess(int Line, string Kind, string Path, string? Counterpart, bool IsOptional);
