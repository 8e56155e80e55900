namespace Fptrace.Commands.CommandLine;

/// <summary>Options that stand together in the help.</summary>
/// <param name="Title">Above them; empty for none.</param>
/// <param name="Options">In order.</param>
internal sealed record OptionSection(string Title, IReadOnlyList<Option> Options);
