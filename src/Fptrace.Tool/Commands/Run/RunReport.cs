using System.Globalization;
using Fptrace.Manifests;

namespace Fptrace.Commands.Run;

/// <summary>Words the last line of a run: how long it took, or how much time was saved.</summary>
internal static class RunReport
{
    /// <summary>The command ran, and the run counts.</summary>
    public static string Ran(Manifest manifest) =>
        $"fptrace: ran in {Time(manifest.Milliseconds)}: {Files(manifest)}";

    /// <summary>How much a run observed, and how much it made.</summary>
    public static string Files(Manifest manifest) =>
        $"{Count(manifest.Observations.Count, "input")}, {Count(manifest.Outputs.Count, "output")}";

    /// <summary>The command did not run.</summary>
    /// <param name="manifest">The manifest of the run that stands for this one.</param>
    /// <param name="milliseconds">How long the check took.</param>
    public static string Saved(Manifest manifest, long milliseconds) =>
        Count(manifest.Observations.Count, "input") + " in " + Time(milliseconds)
            + (manifest.Milliseconds > milliseconds ? $", {Time(manifest.Milliseconds - milliseconds)} saved" : "");

    // Strings are concatenated here. The first formatted one makes the runtime allocate a pool of buffers, which takes
    // a tenth of the time of a small check.
    private static string Count(int count, string what) => Text(count) + " " + what + (count == 1 ? "" : "s");

    private static string Time(long milliseconds) => milliseconds switch
    {
        < 1000 => Text(milliseconds) + " ms",
        < 60_000 => Text(milliseconds / 1000) + "." + Text(milliseconds / 100 % 10) + " s",
        < 3_600_000 => Text(milliseconds / 60_000) + " min " + Text(milliseconds / 1000 % 60) + " s",
        _ => Text(milliseconds / 3_600_000) + " h " + Text(milliseconds / 60_000 % 60) + " min",
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
