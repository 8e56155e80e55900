using System.Text.Json.Serialization;
using Fptrace.Manifests.Checking;
using Fptrace.Model;

namespace Fptrace.Commands.Check;

/// <summary>A step in what <c>check --json</c> and <c>explain --json</c> print.</summary>
/// <param name="Manifest">The path of its manifest; null when it has none.</param>
/// <param name="Command">The command; null when the manifest cannot be read.</param>
/// <param name="UpToDate">Whether it would not run.</param>
/// <param name="Reason">The first reason why it would run.</param>
/// <param name="Differences">All reasons, if they are asked for.</param>
internal sealed record CheckJson(
    string? Manifest,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ByteString>? Command,
    bool UpToDate,
    string? Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<DifferenceJson>? Differences)
{
    /// <param name="steps">The steps, each with the path of its manifest. Several make an array.</param>
    /// <param name="all">Whether to write all differences, and not only the first reason.</param>
    public static string Write(IReadOnlyList<(string Path, CheckedManifest Known)> steps, bool all)
    {
        CheckJson[] written = [.. steps.Select(step => Of(step.Path, step.Known, all))];
        return (written.Length == 1
            ? CommandJson.Write(written[0], CommandJson.Readable.CheckJson)
            : CommandJson.Write(written, CommandJson.Readable.CheckJsonArray)) + "\n";
    }

    private static CheckJson Of(string path, CheckedManifest known, bool all) => new(
        path.Length > 0 ? path : null,
        known.Manifest?.Step.Command,
        known.Result.IsUpToDate,
        known.Result.Reason,
        all ? [.. known.Result.Differences.Select(DifferenceJson.Of)] : null);
}
