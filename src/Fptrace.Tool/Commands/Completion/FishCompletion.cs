using System.Text;

namespace Fptrace.Commands.Completion;

/// <summary>The script for fish.</summary>
/// <remarks>
/// fish cannot be told at which word another command begins. So a function of the script finds that word, and fish
/// completes what follows as a command line of its own.
/// </remarks>
internal static class FishCompletion
{
    private const string Start =
        """
        # Completes fptrace in fish: fptrace completion fish > ~/.config/fish/completions/fptrace.fish
        function __fptrace_place
            # Prints the verb, or - for none; then where the cursor is: options, word (one was given) or command; then the words of the command.
            set -l words (commandline -opc)
            set -e words[1]
            set -l verb -
            set -l place options
            if contains -- "$words[1]" $__fptrace_verbs
                set verb $words[1]
                set -e words[1]
            end
            set -l takes (__fptrace_takes $verb)
            while set -q words[1]
                if test "$words[1]" = --
                    set -e words[1]
                    set place command
                    break
                else if string match -q -- '-?*' "$words[1]"
                    contains -- "$words[1]" $takes; and set -e words[1]
                else if contains -- $verb - run
                    set place command
                    break
                else
                    set place word
                end
                set -e words[1]
            end
            printf '%s\n' $verb $place
            test $place = command; and set -q words[1]; and printf '%s\n' $words
        end
        function __fptrace_is
            # VERB [PLACE]: the cursor is at its options or words, or at that place.
            set -l place (__fptrace_place)
            test "$place[1]" = "$argv[1]"; and if set -q argv[2]
                test $place[2] = $argv[2]
            else
                test $place[2] != command
            end
        end
        function __fptrace_command
            set -l words (__fptrace_place)
            set -e words[1 2]
            complete -C (string join ' ' -- (string escape -- $words) (commandline -ct))
        end
        function __fptrace_directories
            # OPTION: as it stands before its value.
            string replace -r '^' -- $argv[1] (__fish_complete_directories (string replace -- $argv[1] '' (commandline -ct)))
        end
        function __fptrace_begins
            string match -q -- "$argv[1]*" (commandline -ct)
        end
        function __fptrace_in_command
            set -l place (__fptrace_place)
            test "$place[2]" = command
        end
        complete -c fptrace -f
        complete -c fptrace -n 'not __fptrace_begins -; and __fptrace_is - options' -a '(__fptrace_command)'
        complete -c fptrace -n 'not __fptrace_begins -; and __fptrace_is run options' -a '(__fptrace_command)'
        complete -c fptrace -n __fptrace_in_command -a '(__fptrace_command)'

        """;

    public static string Write()
    {
        Verb[] all = [Verbs.Trace, .. Verbs.All];
        var text = new StringBuilder(Start);
        text.Append($"set -g __fptrace_verbs {string.Join(' ', Verbs.All.Select(verb => verb.Name))}\n");
        text.Append(
            "function __fptrace_takes\n    # VERB: its options whose value is the next word.\n    switch $argv[1]\n");
        foreach (Verb verb in all)
        {
            IEnumerable<string> takers = CompletedOption.Of(verb)
                .Where(option => option.TakesWord)
                .SelectMany(option => option.Names);
            text.Append($"        case {Name(verb)}\n"
                + $"            printf '%s\\n' {string.Join(' ', takers.Prepend("--"))}\n");
        }

        text.Append("    end\nend\n");
        foreach (Verb verb in Verbs.All)
        {
            text.Append(
                $"complete -c fptrace -n 'test (count (commandline -opc)) = 1' -a {verb.Name} -d "
                    + $"{Quote(verb.Summary)}\n");
        }

        foreach (Verb verb in all)
        {
            foreach (CompletedOption option in CompletedOption.Of(verb))
            {
                Option(text, verb, option);
            }

            text.Append(verb.Operands switch
            {
                OperandKind.Manifests or OperandKind.Files =>
                    $"complete -c fptrace -n '__fptrace_is {Name(verb)}' -F\n",
                OperandKind.Words =>
                    $"complete -c fptrace -n '__fptrace_is {Name(verb)} options' -a "
                        + $"'{string.Join(' ', verb.Options().Words)}'\n",
                _ => "",
            });
        }

        return text.ToString();
    }

    private static void Option(StringBuilder text, Verb verb, CompletedOption option)
    {
        text.Append($"complete -c fptrace -n '__fptrace_is {Name(verb)}'");
        foreach (string name in option.Names)
        {
            text.Append(name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : name.Length == 2
                ? $" -s {name[1..]}"
                : $" -o {name[1..]}");
        }

        text.Append(ValueOf(option)).Append($" -d {Quote(option.Description)}\n");
        if (option.TakesDirectory && !option.TakesWord)
        {
            // In fish an option's value cannot be optional.
            string name = option.Names[0] + "=";
            text.Append(
                $"complete -c fptrace -n '__fptrace_begins {name}; and __fptrace_is {Name(verb)}' -a "
                    + $"'(__fptrace_directories {name})'\n");
        }
    }

    private static string Name(Verb verb) => verb.Name.Length == 0 ? "-" : verb.Name;

    private static string ValueOf(CompletedOption option) => !option.TakesWord ? ""
        : option.TakesFile ? " -r -F"
        : option.TakesDirectory ? " -x -a '(__fish_complete_directories)'"
        : option.Choices.Count > 0 ? $" -x -a '{string.Join(' ', option.Choices)}'"
        : " -x";

    private static string Quote(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
