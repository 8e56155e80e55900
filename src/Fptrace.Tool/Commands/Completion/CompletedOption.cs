using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Completion;

/// <summary>An option as shells complete it.</summary>
/// <param name="option">The option in the table of its verb.</param>
internal sealed class CompletedOption(Option option)
{
    /// <summary>Its names with their dashes.</summary>
    public IReadOnlyList<string> Names { get; } = [option.Name, .. option.Aliases];

    /// <summary>The first line of its description.</summary>
    public string Description { get; } = option.Description.Split('\n')[0];

    /// <summary>Whether the next word is its value.</summary>
    public bool TakesWord { get; } = option.Value == OptionValue.Required;

    /// <summary>Whether a value may follow <c>=</c>.</summary>
    public bool TakesValue { get; } = option.HelpName is not null;

    public bool TakesFile { get; } = option.HelpName == "FILE";

    public bool TakesDirectory { get; } = option.HelpName == "DIR";

    /// <summary>The words that its value can be; empty for any value.</summary>
    public IReadOnlyList<string> Choices { get; } = (option as ChoiceOption)?.Choices ?? [];

    /// <summary>All options of a verb.</summary>
    public static IEnumerable<CompletedOption> Of(Verb verb) =>
        verb.Options().Sections.SelectMany(section => section.Options).Select(option => new CompletedOption(option));
}
