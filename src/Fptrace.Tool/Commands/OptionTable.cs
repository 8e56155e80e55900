using System.CommandLine;

namespace Fptrace.Commands;

/// <summary>The options of one verb, by name, as <see cref="ArgumentSplitter"/> and System.CommandLine need them.</summary>
/// <remarks>
/// System.CommandLine 2.0.11 costs 0.2 ms of start-up in a NativeAOT executable (1.6 to 1.8 ms, median of 200 starts): cheap enough.
/// A <see cref="Command"/> and no RootCommand, because that one brings directives, and <c>[name]</c> may be a command of the user.
/// </remarks>
internal abstract class OptionTable
{
    private readonly Command _command = new("fptrace");

    // No @response files, and no bundling: -do is not -d -o.
    private readonly ParserConfiguration _configuration = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    public Option<bool> Help { get; } = Flag("--help", "-h");

    /// <summary>Options by name without dashes: one or two dashes mean the same, as in Go.</summary>
    public Dictionary<string, Option> ByName { get; } = new(StringComparer.Ordinal);

    protected void Register(params ReadOnlySpan<Option> options)
    {
        foreach (Option option in options)
        {
            _command.Options.Add(option);
            ByName.Add(option.Name.TrimStart('-'), option);
            foreach (string alias in option.Aliases)
            {
                ByName.Add(alias.TrimStart('-'), option);
            }
        }
    }

    /// <exception cref="FptraceException">A value is wrong.</exception>
    protected ParseResult Parse(IReadOnlyList<string> options)
    {
        ParseResult result = _command.Parse(options, _configuration);
        return result.Errors.Count > 0 ? throw Usage.Error(result.Errors[0].Message) : result;
    }

    /// <summary>An option that takes one value; given twice, the last one counts, as in Go.</summary>
    protected static Option<string?> Text(string name, params string[] aliases) => Value<string?>(name, aliases);

    /// <summary>The same for what a parser of its own makes of the text.</summary>
    protected static Option<T> Value<T>(string name, params string[] aliases) =>
        new(name, aliases) { Arity = ArgumentArity.ExactlyOne, AllowMultipleArgumentsPerToken = true };

    /// <summary>An option that takes one value each time it is given.</summary>
    protected static Option<string[]> Texts(string name) => new(name) { Arity = ArgumentArity.OneOrMore };

    /// <summary>An option that takes a value after '=' or none; the next word is never its value.</summary>
    protected static Option<string?> OptionalText(string name) => new(name) { Arity = ArgumentArity.ZeroOrOne, AllowMultipleArgumentsPerToken = true };

    protected static Option<bool> Flag(string name, params string[] aliases) =>
        new(name, aliases) { Arity = ArgumentArity.ZeroOrOne, AllowMultipleArgumentsPerToken = true };
}
