using System.CommandLine;

namespace Fptrace.Commands.CommandLine;

/// <summary>The options of one verb: errors, help and completion all come from here.</summary>
/// <remarks>
/// System.CommandLine 2.0.11 costs 0.2 ms of start-up in a NativeAOT executable (1.6 to 1.8 ms, median of 200 starts): cheap enough.
/// A <see cref="Command"/> and no RootCommand, because that one brings directives, and <c>[name]</c> may be a command of the user.
/// </remarks>
internal abstract class OptionTable
{
    private readonly Command _command = new("fptrace");
    private readonly List<OptionSection> _sections = [];

    // No @response files, and no bundling: -do is not -d -o.
    private readonly ParserConfiguration _configuration = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    /// <param name="verb">The first word; empty for what <c>fptrace</c> does without one.</param>
    protected OptionTable(string verb) => Verb = verb;

    /// <summary>The first word; empty for what <c>fptrace</c> does without one.</summary>
    public string Verb { get; }

    /// <summary>What the user types before the options.</summary>
    public string Call => Verb.Length == 0 ? "fptrace" : "fptrace " + Verb;

    /// <summary>The words of which one follows the options; empty where anything else follows, or nothing.</summary>
    public virtual IReadOnlyList<string> Words => [];

    public Option<bool> Help { get; } = Flag("--help", "this text", "-h");

    /// <summary>Options by name without dashes: one or two dashes mean the same, as in Go.</summary>
    public Dictionary<string, Option> ByName { get; } = new(StringComparer.Ordinal);

    /// <summary>The same in the order of the help.</summary>
    public IReadOnlyList<OptionSection> Sections => _sections;

    /// <summary>Whether help is asked for.</summary>
    public bool AsksForHelp(SplitArguments split) => split.Options.Contains(Help.Name + "=true");

    /// <param name="title">Above the options in the help; empty for none.</param>
    /// <param name="options">In order.</param>
    protected void Register(string title, params Option[] options)
    {
        _sections.Add(new OptionSection(title, options));
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
    /// <param name="name">With its dashes.</param>
    /// <param name="value">What the help calls the value; FILE and DIR are completed.</param>
    /// <param name="description">For the help, in lines as they stand there.</param>
    /// <param name="aliases">Other names.</param>
    protected static Option<string?> Text(string name, string value, string description, params string[] aliases) => new(name, aliases)
    {
        Arity = ArgumentArity.ExactlyOne,
        AllowMultipleArgumentsPerToken = true,
        HelpName = value,
        Description = description,
    };

    /// <summary>The same with a few words as values.</summary>
    protected static ChoiceOption Choice(string name, string value, IReadOnlyList<string> choices, string description) => new(name, value, choices, description);

    /// <summary>An option that takes one value each time it is given.</summary>
    protected static Option<string[]> Texts(string name, string value, string description) =>
        new(name) { Arity = ArgumentArity.OneOrMore, HelpName = value, Description = description };

    /// <summary>An option that takes a value after '=' or none; the next word is never its value.</summary>
    protected static Option<string?> OptionalText(string name, string value, string description) => new(name)
    {
        Arity = ArgumentArity.ZeroOrOne,
        AllowMultipleArgumentsPerToken = true,
        HelpName = value,
        Description = description,
    };

    protected static Option<bool> Flag(string name, string description, params string[] aliases) =>
        new(name, aliases) { Arity = ArgumentArity.ZeroOrOne, AllowMultipleArgumentsPerToken = true, Description = description };
}
