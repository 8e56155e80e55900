namespace Fptrace.Commands.CommandLine;

/// <summary>An option whose value is one of a few words.</summary>
internal sealed class ChoiceOption : TextOption
{
    public ChoiceOption(string name, IReadOnlyList<string> choices)
        : base(name, OptionValue.Required)
    {
        Choices = choices;
        Fault = text => choices.Contains(text, StringComparer.Ordinal) ? null : Unknown(name, text, choices);
    }

    public IReadOnlyList<string> Choices { get; }

    /// <summary>Words the error for a value that is none of the choices.</summary>
    public static string Unknown(string name, string text, IReadOnlyList<string> choices) =>
        $"{name} does not know '{text}'; "
            + (Spelling.Nearest(text, choices) is { } near ? $"did you mean {near}?" : $"use {Words(choices)}");

    /// <summary>Joins the choices: <c>a, b or c</c>.</summary>
    public static string Words(IReadOnlyList<string> choices) =>
        choices.Count == 1 ? choices[0] : $"{string.Join(", ", choices.SkipLast(1))} or {choices[^1]}";
}
