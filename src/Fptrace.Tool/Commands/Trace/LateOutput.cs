using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Trace;

/// <summary>
/// An option of fptrace for an output that stands after the command and so went to the command: <c>fptrace make -d
/// deps.json</c>.
/// </summary>
/// <param name="Option">The option with its value, quoted for a shell.</param>
/// <param name="Command">The command without it, quoted for a shell.</param>
internal sealed record LateOutput(string Option, string Command)
{
    private static readonly string[] s_options = ["-d", "-o", "-t", "-s", "--output"];

    /// <returns>null when there is none, or when the command used the option itself.</returns>
    public static LateOutput? Find(IReadOnlyList<string> command)
    {
        for (int i = 1; i < command.Count; i++)
        {
            string word = command[i];
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (!s_options.Contains(equals < 0 ? word : word[..equals], StringComparer.Ordinal))
            {
                continue;
            }

            int count = equals < 0 ? 2 : 1;
            string value = equals >= 0 ? word[(equals + 1)..] : i + 1 < command.Count ? command[i + 1] : "";

            // The command used the option itself if the file exists, as after gcc -o x, or if the value names no file:
            // cut -d ,
            if (value != "-" && (value.StartsWith('-') || !value.Any(char.IsLetterOrDigit) || Path.Exists(value)))
            {
                continue;
            }

            return new LateOutput(ShellWords.Join([.. command.Skip(i).Take(count)]),
                ShellWords.Join([.. command.Take(i), .. command.Skip(i + count)]));
        }

        return null;
    }
}
