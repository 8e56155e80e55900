using System.Text;
using Fptrace.Commands;

namespace Fptrace.Completion;

/// <summary>The script for fish.</summary>
internal static class FishCompletion
{
    private const string Start =
        """
        # Completes fptrace in fish: fptrace completion fish > ~/.config/fish/completions/fptrace.fish
        complete -c fptrace -f
        complete -c fptrace -n __fish_use_subcommand -a '(__fish_complete_command)'

        """;

    public static string Write()
    {
        var text = new StringBuilder(Start);
        foreach (Verb verb in Verbs.All)
        {
            text.Append($"complete -c fptrace -n __fish_use_subcommand -a {verb.Name} -d {Quote(verb.Summary)}\n");
        }

        foreach (Verb verb in Verbs.All.Prepend(Verbs.Trace))
        {
            string condition = verb.Name.Length == 0 ? "-n __fish_use_subcommand" : $"-n '__fish_seen_subcommand_from {verb.Name}'";
            foreach (CompletedOption option in CompletedOption.Of(verb))
            {
                text.Append($"complete -c fptrace {condition}");
                foreach (string name in option.Names)
                {
                    text.Append(name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : name.Length == 2 ? $" -s {name[1..]}" : $" -o {name[1..]}");
                }

                text.Append(ValueOf(option)).Append($" -d {Quote(option.Description)}\n");
            }

            string? operands = verb.Name.Length == 0 ? null : verb.Operands switch
            {
                OperandKind.Command => "-a '(__fish_complete_subcommand --fcs-skip=2)'",
                OperandKind.Manifests => "-F",
                OperandKind.Words => $"-a '{string.Join(' ', verb.Words)}'",
                _ => null,
            };
            text.Append(operands is null ? "" : $"complete -c fptrace {condition} {operands}\n");
        }

        return text.ToString();
    }

    private static string ValueOf(CompletedOption option) => !option.TakesWord ? ""
        : option.TakesFile ? " -r -F"
        : option.TakesDirectory ? " -x -a '(__fish_complete_directories)'"
        : option.Choices.Count > 0 ? $" -x -a '{string.Join(' ', option.Choices)}'"
        : " -x";

    private static string Quote(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
