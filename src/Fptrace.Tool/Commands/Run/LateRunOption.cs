using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Run;

/// <summary>
/// Finds an option of <c>fptrace run</c> that stands after the command and so went to the command: <c>fptrace run make
/// --cache</c>.
/// </summary>
internal static class LateRunOption
{
    private static readonly string[] s_own =
    [
        "--allow-network", "--cache-anywhere", "--cache-idempotent", "--cache-mode", "--env-ignore", "--env-mode",
        "--env-pass", "--forget-after",
        "--ignore-listing", "--no-default-ignore", "--no-terminal", "--survivors",
    ];

    /// <summary>Options that other tools have, too. They are misplaced only if the command failed.</summary>
    private static readonly string[] s_shared = ["--cache", "--force", "--ignore", "--env", "--root", "--servers",
        "--stdin", "--no-stdin", "--verify"];

    /// <param name="command">The command, which has run.</param>
    /// <param name="hasFailed">Whether its exit code was not 0.</param>
    /// <returns>What to type instead; null when no option is misplaced.</returns>
    public static string? Hint(IReadOnlyList<string> command, bool hasFailed)
    {
        for (int i = 1; i < command.Count && command[i] != "--"; i++)
        {
            string name = command[i].Split('=')[0];
            if (s_own.Contains(name, StringComparer.Ordinal)
                || (hasFailed && s_shared.Contains(name, StringComparer.Ordinal)))
            {
                return $"{name} after the command is the command's; for fptrace write fptrace run {name} ... -- "
                    + $"{ShellWords.Join([.. command.Take(i)])}";
            }
        }

        return null;
    }
}
