namespace Fptrace.Commands.CommandLine;

/// <summary>The options of one verb: errors, help and completion all come from here.</summary>
internal abstract class OptionTable
{
    private readonly List<OptionSection> _sections = [];

    /// <param name="verb">The first word; empty for what <c>fptrace</c> does without one.</param>
    protected OptionTable(string verb) => Verb = verb;

    /// <summary>The first word; empty for what <c>fptrace</c> does without one.</summary>
    public string Verb { get; }

    /// <summary>What the user types before the options.</summary>
    public string Call => Verb.Length == 0 ? "fptrace" : "fptrace " + Verb;

    /// <summary>The words of which one follows the options; empty where anything else follows, or nothing.</summary>
    public virtual IReadOnlyList<string> Words => [];

    public FlagOption Help { get; } = Flag("--help", "this text", "-h");

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
            ByName.Add(option.Name.TrimStart('-'), option);
            foreach (string alias in option.Aliases)
            {
                ByName.Add(alias.TrimStart('-'), option);
            }
        }
    }

    /// <exception cref="FptraceException">A value is wrong.</exception>
    protected ParsedOptions Parse(IReadOnlyList<string> options) => new(options, this);

    /// <summary>An option that takes one value.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="value">What the help calls the value; FILE and DIR are completed.</param>
    /// <param name="description">For the help, in lines as they stand there.</param>
    /// <param name="aliases">Other names.</param>
    protected static TextOption Text(string name, string value, string description, params string[] aliases) =>
        new(name, OptionValue.Required, aliases) { HelpName = value, Description = description };

    /// <summary>The same with a few words as values.</summary>
    protected static ChoiceOption Choice(string name, string value, IReadOnlyList<string> choices,
        string description) =>
        new(name, choices) { HelpName = value, Description = description };

    /// <summary>An option that takes one value each time it is given.</summary>
    protected static ListOption Texts(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description };

    /// <summary>An option that takes a value after '=' or none; the next word is never its value.</summary>
    protected static TextOption OptionalText(string name, string value, string description) =>
        new(name, OptionValue.Optional) { HelpName = value, Description = description };

    protected static FlagOption Flag(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description };
}
