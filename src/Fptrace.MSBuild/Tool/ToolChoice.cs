namespace Fptrace.MSBuild.Tool;

/// <summary>The tool that can trace on this machine, or null.</summary>
/// <param name="Reason">Why there is none, or why it is not the first to try; otherwise null.</param>
internal sealed record ToolChoice(TracingTool? Tool, string? Reason);
