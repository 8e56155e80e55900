namespace Fptrace.Commands.CommandLine;

/// <summary>An option with one value. If it is given twice, the last value counts, as in Go.</summary>
internal class TextOption(string name, OptionValue value, params string[] aliases) : Option(name, aliases, value)
{
    /// <summary>Says in one line what is wrong with a value; null when nothing is.</summary>
    public Func<string, string?>? Fault { get; init; }
}
