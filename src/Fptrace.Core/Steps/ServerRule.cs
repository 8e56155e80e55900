namespace Fptrace.Steps;

/// <summary>How one tool is told to leave no server behind, to use none, or not to look for updates.</summary>
/// <param name="Kind">The way of telling it.</param>
/// <param name="Name">The name of the variable, or of git's setting.</param>
/// <param name="Value">The value, or the whole Java option.</param>
public sealed record ServerRule(ServerRuleKind Kind, string Name, string Value);
