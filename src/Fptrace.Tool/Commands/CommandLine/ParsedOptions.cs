namespace Fptrace.Commands.CommandLine;

/// <summary>The options that a command line gives, with their values.</summary>
internal sealed class ParsedOptions
{
    private readonly Dictionary<Option, List<string>> _values = [];

    /// <param name="words">The options as <see cref="SplitArguments.Options"/> has them.</param>
    /// <param name="table">The options of the verb.</param>
    /// <exception cref="FptraceException">A value is wrong.</exception>
    public ParsedOptions(IReadOnlyList<string> words, OptionTable table)
    {
        foreach (string word in words)
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            Option option = ArgumentSplitter.Find(equals < 0 ? word : word[..equals], table)!;
            if (!_values.TryGetValue(option, out List<string>? values))
            {
                _values.Add(option, values = []);
            }

            if (equals >= 0)
            {
                values.Add(word[(equals + 1)..]);
            }
        }

        foreach ((Option option, List<string> values) in _values)
        {
            if (option is TextOption { Fault: { } faultOf } && faultOf(values[^1]) is string fault)
            {
                throw Usage.Error(fault);
            }
        }
    }

    /// <summary>Whether the option was given, with or without a value.</summary>
    public bool Has(Option option) => _values.ContainsKey(option);

    public bool GetValue(FlagOption option) =>
        _values.TryGetValue(option, out List<string>? values) && values[^1] == "true";

    /// <returns>null when the option was not given, or without a value.</returns>
    public string? GetValue(TextOption option) =>
        _values.TryGetValue(option, out List<string>? values) && values.Count > 0 ? values[^1] : null;

    public IReadOnlyList<string> GetValue(ListOption option) =>
        _values.TryGetValue(option, out List<string>? values) ? values : [];
}
