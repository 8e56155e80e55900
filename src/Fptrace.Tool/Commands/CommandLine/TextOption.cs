namespace Fptrace.Commands.CommandLine;

/// <summary>An option with one value. Given twice, the last one counts, as in Go.</summary>
internal class TextOption(string name, OptionValue value, params string[] aliases) : Option(name, aliases, value)
{
    /// <summary>What is wrong with a value, in one line; null: nothing is.</summary>
    public Func<string, string?>? Fault { get; init; }
}
