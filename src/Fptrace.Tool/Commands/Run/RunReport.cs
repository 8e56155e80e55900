using System.Globalization;
using Fptrace.Manifests;

namespace Fptrace.Commands.Run;

/// <summary>The last line of a run: what it took, or what was saved.</summary>
internal static class RunReport
{
    /// <summary>It ran, and that counts.</summary>
    public static string Ran(Manifest manifest) =>
        $"fptrace: ran in {Time(manifest.Milliseconds)}: {Count(manifest.Observations.Count, "input")}, "
            + $"{Count(manifest.Outputs.Count, "output")}";

    /// <summary>It did not run.</summary>
    /// <param name="manifest">Of the run that stands for this one.</param>
    /// <param name="milliseconds">That it took to find out.</param>
    public static string Saved(Manifest manifest, long milliseconds) =>
        Count(manifest.Observations.Count, "input") + " in " + Time(milliseconds)
            + (manifest.Milliseconds > milliseconds ? $", {Time(manifest.Milliseconds - milliseconds)} saved" : "");

    // Plain strings: the first formatted one takes the runtime a pool of buffers, which is a tenth of a small check.
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
