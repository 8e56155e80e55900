namespace Fptrace.Commands;

/// <summary>A command line cut where the traced command begins.</summary>
/// <param name="Options">Options of fptrace in their first spelling, each with its value after '='.</param>
/// <param name="Command">argv of the command, untouched; empty if there is none.</param>
internal sealed record SplitArguments(IReadOnlyList<string> Options, IReadOnlyList<string> Command);
