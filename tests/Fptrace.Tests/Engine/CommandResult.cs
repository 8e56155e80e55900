namespace Fptrace.Engine;

/// <summary>How a process ended and what it printed. <see cref="ExitCode"/> is 128+N after signal N.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error);
