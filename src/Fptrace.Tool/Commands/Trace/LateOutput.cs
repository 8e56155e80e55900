using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Trace;

/// <summary>An output that stands behind the command, and so is the command's: <c>fptrace make -d
/// deps.json</c>.</summary>
/// <param name="Option">With its value, as a shell takes it.</param>
/// <param name="Command">Without it.</param>
internal sealed record LateOutput(string Option, string Command)
{
    private static readonly string[] s_options = ["-d", "-o", "-t", "-s", "--output"];

    /// <returns>Null where there is none, or the command made use of it itself.</returns>
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

            // gcc -o x makes x, and cut -d , names no file.
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
