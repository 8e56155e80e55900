namespace Fptrace.Commands.CommandLine;

/// <summary>
/// An option that is set or not. <c>=true</c> or <c>=false</c> may follow, as <see cref="GoBoolean"/> spells them.
/// </summary>
internal sealed class FlagOption(string name, params string[] aliases) : Option(name, aliases, OptionValue.Optional);
