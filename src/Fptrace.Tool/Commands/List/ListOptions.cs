namespace Fptrace.Commands.List;

/// <summary>What the user asked of <c>fptrace list</c>.</summary>
/// <param name="Json">--json: print JSON on stdout.</param>
/// <param name="NoEnvironment">--no-env: do not compare the environment.</param>
/// <param name="Root">--root DIR; null for the root that <c>fptrace run</c> finds.</param>
internal sealed record ListOptions(bool Json, bool NoEnvironment, string? Root);
