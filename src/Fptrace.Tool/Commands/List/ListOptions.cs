namespace Fptrace.Commands.List;

/// <summary>What the user asked of <c>fptrace list</c>.</summary>
/// <param name="Json">JSON on stdout.</param>
/// <param name="NoEnvironment">Do not compare the environment.</param>
/// <param name="Root">--root DIR; null: as <c>fptrace run</c> finds it.</param>
internal sealed record ListOptions(bool Json, bool NoEnvironment, string? Root);
