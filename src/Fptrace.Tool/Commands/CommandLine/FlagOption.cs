namespace Fptrace.Commands.CommandLine;

/// <summary>An option that is set or not; <c>=true</c> and <c>=false</c> may follow, in the words of
/// <see cref="GoBoolean"/>.</summary>
internal sealed class FlagOption(string name, params string[] aliases) : Option(name, aliases, OptionValue.Optional);
