namespace Fptrace.Commands.CommandLine;

/// <summary>One option of a verb.</summary>
/// <param name="name">The name with its dashes.</param>
/// <param name="aliases">Other names, with their dashes.</param>
/// <param name="value">Where the value stands.</param>
internal abstract class Option(string name, IReadOnlyList<string> aliases, OptionValue value)
{
    /// <summary>The name that errors and results use, with its dashes.</summary>
    public string Name { get; } = name;

    public IReadOnlyList<string> Aliases { get; } = aliases;

    public OptionValue Value { get; } = value;

    /// <summary>The description in the help, broken into lines as it is printed.</summary>
    public required string Description { get; init; }

    /// <summary>What the help calls the value; null when it shows none. Shells complete FILE and DIR.</summary>
    public string? HelpName { get; init; }
}
