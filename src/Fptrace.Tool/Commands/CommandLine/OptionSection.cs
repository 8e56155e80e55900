namespace Fptrace.Commands.CommandLine;

/// <summary>Options that stand together in the help.</summary>
/// <param name="Title">The line above them; empty for none.</param>
/// <param name="Options">The options in order.</param>
internal sealed record OptionSection(string Title, IReadOnlyList<Option> Options);
