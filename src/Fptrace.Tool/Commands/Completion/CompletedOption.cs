using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Completion;

/// <summary>An option as shells complete it.</summary>
/// <param name="option">In its verb's table.</param>
internal sealed class CompletedOption(Option option)
{
    /// <summary>With their dashes.</summary>
    public IReadOnlyList<string> Names { get; } = [option.Name, .. option.Aliases];

    /// <summary>Its first line, as one.</summary>
    public string Description { get; } = option.Description.Split('\n')[0];

    /// <summary>The next word is its value.</summary>
    public bool TakesWord { get; } = option.Value == OptionValue.Required;

    /// <summary>A value may follow <c>=</c>.</summary>
    public bool TakesValue { get; } = option.HelpName is not null;

    public bool TakesFile { get; } = option.HelpName == "FILE";

    public bool TakesDirectory { get; } = option.HelpName == "DIR";

    /// <summary>The words of which the value is one.</summary>
    public IReadOnlyList<string> Choices { get; } = (option as ChoiceOption)?.Choices ?? [];

    /// <summary>All of a verb.</summary>
    public static IEnumerable<CompletedOption> Of(Verb verb) =>
        verb.Options().Sections.SelectMany(section => section.Options).Select(option => new CompletedOption(option));
}
