using System.Globalization;

namespace Fptrace.Engine;

/// <summary>A call of the tool's own that fails: <c>tests/programs/inject.c</c> names the calls.</summary>
/// <param name="Call">Its name.</param>
/// <param name="When"><c>N</c> for the Nth call, <c>N+</c> for that and all later ones.</param>
/// <param name="Errno">With what it fails; 0 for not at all, −N for N milliseconds later.</param>
internal sealed record InjectedFault(string Call, string When, int Errno)
{
    /// <summary>The words that start the tool with it. Outputs in <paramref name="directory"/> count as the
    /// tool's.</summary>
    public IReadOnlyList<string> Around(WorkDirectory directory) => Around(directory, directory.Results);

    /// <param name="target">The files there count instead.</param>
    public IReadOnlyList<string> Around(WorkDirectory directory, string target) =>
    [
        "env", $"INJECT_TARGET={target}/", TestPrograms.Path("inject"), Report(directory), Call, When,
        Errno.ToString(CultureInfo.InvariantCulture),
    ];

    /// <summary>How many calls fitted, and how many failed.</summary>
    public static (int Fitted, int Failed) Count(WorkDirectory directory)
    {
        int[] counts = [.. File.ReadAllText(Report(directory)).Split(' ')
            .Select(word => int.Parse(word, CultureInfo.InvariantCulture))];
        return (counts[0], counts[1]);
    }

    private static string Report(WorkDirectory directory) => directory.Results + ".report";
}
