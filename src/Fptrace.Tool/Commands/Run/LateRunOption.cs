using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Run;

/// <summary>An option of <c>fptrace run</c> behind the command, and so the command's: <c>fptrace run make
/// --cache</c>.</summary>
internal static class LateRunOption
{
    private static readonly string[] s_own =
    [
        "--allow-network", "--cache-anywhere", "--cache-idempotent", "--cache-mode", "--env-ignore", "--env-mode",
        "--env-pass", "--forget-after",
        "--ignore-listing", "--no-default-ignore", "--no-terminal", "--survivors",
    ];

    /// <summary>Other tools have them, too: they are in the wrong place only where the command did not take
    /// them.</summary>
    private static readonly string[] s_shared = ["--cache", "--force", "--ignore", "--env", "--root", "--servers",
        "--stdin", "--no-stdin", "--verify"];

    /// <param name="command">Has been run.</param>
    /// <param name="hasFailed">Its exit code was not 0.</param>
    /// <returns>What to type instead; null where there is nothing to say.</returns>
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
