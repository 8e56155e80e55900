namespace Fptrace.Commands.CommandLine;

/// <summary>The options of one verb: errors, help and completion all come from here.</summary>
internal abstract class OptionTable
{
    private readonly List<OptionSection> _sections = [];

    /// <param name="verb">The name of the verb; empty for tracing.</param>
    protected OptionTable(string verb) => Verb = verb;

    /// <summary>The name of the verb; empty for tracing.</summary>
    public string Verb { get; }

    /// <summary>What the user types before the options.</summary>
    public string Call => Verb.Length == 0 ? "fptrace" : "fptrace " + Verb;

    /// <summary>The words that may follow the options; empty when anything else or nothing may follow.</summary>
    public virtual IReadOnlyList<string> Words => [];

    public FlagOption Help { get; } = Flag("--help", "this text", "-h");

    /// <summary>The options by their names without dashes. As in Go, one or two dashes mean the same.</summary>
    public Dictionary<string, Option> ByName { get; } = new(StringComparer.Ordinal);

    /// <summary>The options in the order of the help.</summary>
    public IReadOnlyList<OptionSection> Sections => _sections;

    /// <summary>Whether the user asks for help.</summary>
    public bool AsksForHelp(SplitArguments split) => split.Options.Contains(Help.Name + "=true");

    /// <param name="title">The line above the options in the help; empty for none.</param>
    /// <param name="options">The options in order.</param>
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

    /// <summary>Makes an option that takes one value.</summary>
    /// <param name="name">The name with its dashes.</param>
    /// <param name="value">What the help calls the value. Shells complete FILE and DIR.</param>
    /// <param name="description">The description in the help, broken into lines as it is printed.</param>
    /// <param name="aliases">Other names.</param>
    protected static TextOption Text(string name, string value, string description, params string[] aliases) =>
        new(name, OptionValue.Required, aliases) { HelpName = value, Description = description };

    /// <summary>Makes an option whose value is one of a few words.</summary>
    protected static ChoiceOption Choice(string name, string value, IReadOnlyList<string> choices,
        string description) =>
        new(name, choices) { HelpName = value, Description = description };

    /// <summary>Makes an option that takes one more value each time it is given.</summary>
    protected static ListOption Texts(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description };

    /// <summary>Makes an option that may take a value after '='. The next word is never its value.</summary>
    protected static TextOption OptionalText(string name, string value, string description) =>
        new(name, OptionValue.Optional) { HelpName = value, Description = description };

    protected static FlagOption Flag(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description };
}
