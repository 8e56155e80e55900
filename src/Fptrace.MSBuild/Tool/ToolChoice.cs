namespace Fptrace.MSBuild.Tool;

/// <summary>The tool that can trace on this machine, or the reason why there is none.</summary>
internal sealed record ToolChoice(TracingTool? Tool, string? Reason);
