namespace Fptrace.MSBuild.Support;

/// <summary>How a command ended, and what it printed to both streams.</summary>
internal sealed record CommandResult(int ExitCode, string Output);
