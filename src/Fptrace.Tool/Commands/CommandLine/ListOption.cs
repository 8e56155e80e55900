namespace Fptrace.Commands.CommandLine;

/// <summary>An option that takes one more value each time it is given.</summary>
internal sealed class ListOption(string name) : Option(name, [], OptionValue.Required);
