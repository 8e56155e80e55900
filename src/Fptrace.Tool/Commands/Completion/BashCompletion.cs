using System.Text;

namespace Fptrace.Commands.Completion;

/// <summary>The script for bash. It needs no other package.</summary>
/// <remarks>If the package bash-completion is loaded, the script completes the traced command better.</remarks>
internal static class BashCompletion
{
    /// <summary>Bash splits words at '=', too, so the function sees <c>--cache=DIR</c> as three words.</summary>
    private const string Function =
        """
        _fptrace() {
            local cur=${COMP_WORDS[COMP_CWORD]} verb= at=1 option= value= command=
            COMPREPLY=()
            if ((COMP_CWORD > 1)) && [[ " $_fptrace_verbs " == *" ${COMP_WORDS[1]} "* ]]; then
                verb=${COMP_WORDS[1]} at=2
            fi
            while ((at < COMP_CWORD)); do
                option=${COMP_WORDS[at]} value=
                if [[ $option == -- ]]; then
                    command=$((at + 1))
                    break
                elif [[ $option == -?* ]]; then
                    if [[ ${COMP_WORDS[at + 1]} == = ]]; then
                        value=$(_fptrace_value "$verb" "$option" =)
                        ((at + 1 == COMP_CWORD)) && cur=
                        ((at += 2))
                    else
                        value=$(_fptrace_value "$verb" "$option")
                        [[ -n $value ]] && ((++at))
                    fi
                elif [[ -z $verb || $verb == run ]]; then
                    command=$at
                    break
                fi
                ((at < COMP_CWORD)) && value=
                ((++at))
            done
            case $value in
                '') ;;
                files) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); return ;;
                directories) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur")); return ;;
                any) return ;;
                *) COMPREPLY=($(compgen -W "$value" -- "$cur")); return ;;
            esac
            if [[ -z $command && $cur != -* ]] && ((COMP_CWORD > 1)) && [[ -z $verb || $verb == run ]]; then
                command=$COMP_CWORD
            fi
            if [[ -n $command ]]; then
                if declare -F _comp_command_offset >/dev/null; then
                    _comp_command_offset "$command"
                elif declare -F _command_offset >/dev/null; then
                    _command_offset "$command"
                elif ((command == COMP_CWORD)); then
                    COMPREPLY=($(compgen -c -- "$cur"))
                fi
                return
            fi
            if [[ $cur == -* ]]; then
                COMPREPLY=($(compgen -W "$(_fptrace_options "$verb")" -- "$cur"))
            elif [[ -n $verb ]]; then
                COMPREPLY=($(compgen -W "$(_fptrace_words "$verb")" -- "$cur"))
            else
                COMPREPLY=($(compgen -W "$_fptrace_verbs" -- "$cur"))
                ((${#COMPREPLY[@]})) || COMPREPLY=($(compgen -c -- "$cur"))
            fi
        }
        complete -o bashdefault -o default -F _fptrace fptrace

        """;

    public static string Write()
    {
        Verb[] verbs = [Verbs.Trace, .. Verbs.All];
        var text = new StringBuilder("# Completes fptrace in bash: eval \"$(fptrace completion bash)\"\n");
        text.Append($"_fptrace_verbs='{string.Join(' ', Verbs.All.Select(verb => verb.Name))}'\n");
        Case(text, "_fptrace_options() { # VERB", "$1", verbs.Select(verb =>
            ($"'{verb.Name}'", string.Join(' ', CompletedOption.Of(verb).SelectMany(option => option.Names)))));
        Case(text, "_fptrace_words() { # VERB", "$1", verbs.Where(verb => verb.Operands == OperandKind.Words)
            .Select(verb => (verb.Name, string.Join(' ', verb.Options().Words))));
        Case(text, "_fptrace_value() { # VERB OPTION [=]: what its value is", "$1:$2$3",
            verbs.SelectMany(verb => CompletedOption.Of(verb)
            .Where(option => option.TakesValue)
            .Select(option => (string.Join('|', option.Names.SelectMany(name => Patterns(verb, option, name))),
                ValueOf(option)))));
        return text.Append(Function).ToString();
    }

    private static IEnumerable<string> Patterns(Verb verb, CompletedOption option, string name) =>
        option.TakesWord ? [$"{verb.Name}:{name}", $"{verb.Name}:{name}="] : [$"{verb.Name}:{name}="];

    private static string ValueOf(CompletedOption option) => option.TakesFile ? "files"
        : option.TakesDirectory ? "directories"
        : option.Choices.Count > 0 ? string.Join(' ', option.Choices)
        : "any";

    private static void Case(StringBuilder text, string head, string subject,
        IEnumerable<(string Pattern, string Echo)> cases)
    {
        text.Append(head).Append('\n').Append($"    case {subject} in\n");
        foreach ((string pattern, string echo) in cases)
        {
            text.Append($"        {pattern}) echo '{echo}' ;;\n");
        }

        text.Append("    esac\n}\n");
    }
}
