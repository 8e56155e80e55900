namespace Fptrace.GeneratedRuns;

/// <summary>How a command that <see cref="Stage"/> ran ended.</summary>
/// <param name="ExitCode">128 + N after signal N.</param>
/// <param name="Offset">Of its standard input, afterwards.</param>
/// <param name="Output">stdout.</param>
/// <param name="Error">stderr.</param>
internal sealed record StageResult(int ExitCode, long Offset, string Output, string Error);
