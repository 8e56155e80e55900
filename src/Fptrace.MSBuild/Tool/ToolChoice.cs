namespace Fptrace.MSBuild.Tool;

/// <summary>The tool that can trace here, or why there is none.</summary>
internal sealed record ToolChoice(TracingTool? Tool, string? Reason);
