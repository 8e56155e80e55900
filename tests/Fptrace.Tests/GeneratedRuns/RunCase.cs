using Fptrace.Generated;

namespace Fptrace.GeneratedRuns;

/// <summary>A command and the world in which it runs first.</summary>
/// <param name="World">Before its first run.</param>
/// <param name="Steps">What it does.</param>
/// <param name="Around">Its environment and standard input.</param>
/// <param name="Inputs">Files outside the world, by their names.</param>
internal sealed record RunCase(World World, IReadOnlyList<Step> Steps, Surroundings Around,
    IReadOnlyDictionary<string, string> Inputs)
{
    /// <summary>Its stdout is a file, which it gets itself, and not a pipe of the tool's.</summary>
    public bool PrintsToFile { get; init; }

    /// <summary>It is run by somebody who is denied what modes deny; only root can arrange that.</summary>
    public bool IsOrdinary { get; init; }

    public override string ToString() =>
        $"world\n{World}\n    {Around}\n"
            + string.Concat(Inputs.Select(pair => $"    input {pair.Key} {Node.File(pair.Value)}\n"))
            + (PrintsToFile ? "    stdout is a file\n" : "")
            + (IsOrdinary ? "    by an ordinary user\n" : "")
            + $"script\n{RunScript.Text(Steps)}";
}
