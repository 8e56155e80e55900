namespace Fptrace.MSBuild;

/// <summary>Which variables of the environment count, and which the command gets, as the tool's options say it.</summary>
/// <param name="Mode">One of <see cref="Modes"/>, in lower case; empty for the tool's default.</param>
/// <param name="Ignored">Names that do not count; a name may end with '*'. Sorted.</param>
/// <param name="Passed">Names that reach the command and do not count. Sorted.</param>
internal sealed record EnvironmentChoice(string Mode, IReadOnlyList<string> Ignored, IReadOnlyList<string> Passed)
{
    public static readonly string[] Modes = ["all", "strict", "listed"];

    public IEnumerable<string> Words =>
    [
        .. Mode.Length > 0 ? new[] { "--env-mode", Mode } : [],
        .. Ignored.SelectMany(name => new[] { "--env-ignore", name }),
        .. Passed.SelectMany(name => new[] { "--env-pass", name }),
    ];
}
