namespace Fptrace.Commands.CommandLine;

/// <summary>Knows options of strace, make, ninja and git, and which options of fptrace do the same.</summary>
internal static class ForeignOption
{
    /// <param name="spelled">The option as the user wrote it, without a value.</param>
    /// <param name="verb">The verb; empty for tracing.</param>
    /// <returns>null when none of these tools has the option.</returns>
    public static string? Advice(string spelled, string verb) => (verb, spelled) switch
    {
        ("", "-f" or "-ff" or "--follow-forks") => "every process is followed without it",
        ("", "-p" or "--attach") => "fptrace starts the command itself, and attaches to none that runs",
        ("", "-c" or "-C" or "--summary-only" or "--summary") => "without an output fptrace sums up at a terminal",
        ("", "-y" or "-yy" or "--decode-fds") => "names are whole paths without it",
        ("", "-tt" or "-ttt" or "-T" or "-r") => "the times are in the full trace, -o FILE",
        (_, "-V") => "did you mean fptrace --version?",
        ("run", "-n" or "--dry-run" or "--just-print" or "--question") =>
            "fptrace explain -- COMMAND tells whether it would run, and why",
        ("run", "-f" or "-B" or "--always-make" or "--rebuild" or "--no-skip") => "did you mean --force?",
        ("run", "-C" or "--directory" or "--chdir" or "--cwd") => "it runs where you are: cd there first",
        ("run", "-v" or "--verbose") => "it tells without it why it runs",
        ("run", "-d" or "-o" or "-s" or "-t" or "--output") =>
            $"it keeps no trace: fptrace {spelled} has one written, and always runs the command",
        ("run", "--no-cache") => "did you mean --cache-mode off?",
        ("run", ['-', 'j', ..] or "-k" or "--jobs" or "--keep-going") =>
            "options of the command stand behind it: fptrace run make -j4",
        _ => null,
    };
}
