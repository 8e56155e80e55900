using System.Text;

namespace Fptrace.Commands.Completion;

/// <summary>The script for zsh, for <c>eval</c> or as a file <c>_fptrace</c> in a directory of <c>fpath</c>.</summary>
internal static class ZshCompletion
{
    private const string CommandBehindDashes =
        """
                    if (( ${words[(i)--]} < CURRENT )); then
                        (( CURRENT -= ${words[(i)--]} ))
                        words=("${(@)words[${words[(i)--]}+1,-1]}")
                        _normal
                        return
                    fi

        """;

    public static string Write()
    {
        var text =
            new StringBuilder(
                "#compdef fptrace\n# Completes fptrace in zsh: eval \"$(fptrace completion zsh)\"\n_fptrace() {\n    "
                    + "local -a verbs\n    verbs=(\n");
        foreach (Verb verb in Verbs.All)
        {
            text.Append($"        {Quote($"{verb.Name}:{verb.Summary}")}\n");
        }

        text.Append(
            """
                )
                if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
                    _describe -t verbs verb verbs || _command_names -e
                    return
                fi
                case $words[2] in

            """);
        foreach (Verb verb in Verbs.All)
        {
            text.Append($"        {verb.Name})\n            shift words; (( CURRENT-- ))\n");
            text.Append(verb.Operands == OperandKind.Manifests ? CommandBehindDashes : "");
            Arguments(text, verb);
            text.Append("            ;;\n");
        }

        text.Append("        *)\n");
        Arguments(text, Verbs.Trace);
        return text.Append(
            "            ;;\n    esac\n}\nif [[ $zsh_eval_context[-1] == loadautofunc ]]; then _fptrace \"$@\"; "
                + "else\n    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }\n    compdef "
                + "_fptrace fptrace\nfi\n").ToString();
    }

    private static void Arguments(StringBuilder text, Verb verb)
    {
        text.Append("            _arguments -S");
        foreach (CompletedOption option in CompletedOption.Of(verb))
        {
            foreach (string name in option.Names)
            {
                text.Append(
                    " \\\n                "
                        + $"{Quote($"*{name}{Sign(option, name)}[{Escape(option.Description)}]{ValueOf(option)}")}");
            }
        }

        text.Append(verb.Operands switch
        {
            OperandKind.Command => " \\\n                '*:::command:_normal'\n",
            OperandKind.Manifests => " \\\n                '*:manifest:_files'\n",
            OperandKind.Files => " \\\n                '*:file:_files'\n",
            OperandKind.Words =>
                $" \\\n                {Quote($"1:word:({string.Join(' ', verb.Options().Words)})")}\n",
            _ => "\n",
        });
    }

    // zsh takes -o FILE, --output FILE and --output=FILE, but for an optional value only --cache=DIR.
    private static string Sign(CompletedOption option, string name) =>
        !option.TakesValue ? "" : !option.TakesWord ? "=-" : name.StartsWith("--", StringComparison.Ordinal) ? "=" : "";

    private static string ValueOf(CompletedOption option) => !option.TakesValue ? ""
        : (option.TakesWord ? ":" : "::") + "value:"
            + (option.TakesFile ? "_files" : option.TakesDirectory ? "_files -/" : option.Choices.Count > 0
                ? $"({string.Join(' ', option.Choices)})"
                : "");

    private static string Escape(string description) =>
        description.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal)
            .Replace(":", "\\:", StringComparison.Ordinal);

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
