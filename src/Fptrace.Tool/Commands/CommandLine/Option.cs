namespace Fptrace.Commands.CommandLine;

/// <summary>One option of a verb.</summary>
/// <param name="name">With its dashes.</param>
/// <param name="aliases">Other names, with their dashes.</param>
/// <param name="value">Where its value stands.</param>
internal abstract class Option(string name, IReadOnlyList<string> aliases, OptionValue value)
{
    /// <summary>The spelling that errors and results use, with its dashes.</summary>
    public string Name { get; } = name;

    public IReadOnlyList<string> Aliases { get; } = aliases;

    public OptionValue Value { get; } = value;

    /// <summary>For the help, in lines as they stand there.</summary>
    public required string Description { get; init; }

    /// <summary>What the help calls the value; null where it shows none. FILE and DIR are completed.</summary>
    public string? HelpName { get; init; }
}
