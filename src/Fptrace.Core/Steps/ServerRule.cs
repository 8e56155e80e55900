namespace Fptrace.Steps;

/// <summary>How one tool is told to leave no server behind, to use none, or to ask none for news.</summary>
/// <param name="Kind">By which way.</param>
/// <param name="Name">Of the variable, or of git's setting.</param>
/// <param name="Value">What it is told.</param>
public sealed record ServerRule(ServerRuleKind Kind, string Name, string Value);
