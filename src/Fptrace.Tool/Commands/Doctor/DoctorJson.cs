using System.Text.Json.Serialization;
using Fptrace.Linux.Processes;

namespace Fptrace.Commands.Doctor;

/// <summary>What <c>doctor --json</c> prints.</summary>
/// <param name="Version">The version, and the commit.</param>
/// <param name="Runtime">native static, native or portable.</param>
/// <param name="OpenSsl">The version that is linked in; null for none.</param>
/// <param name="Kernel">The kernel's release.</param>
/// <param name="Architecture">The machine's architecture.</param>
/// <param name="Works">Whether tracing works.</param>
/// <param name="Engine">The engine; null when tracing does not work.</param>
/// <param name="Reason">Why that engine, or why none.</param>
/// <param name="Findings">One by one.</param>
internal sealed record DoctorJson(
    string Version,
    string Runtime,
    string? OpenSsl,
    string Kernel,
    string Architecture,
    bool Works,
    string? Engine,
    string Reason,
    IReadOnlyList<DoctorJson.FindingJson> Findings)
{
    public static string Write(Diagnosis found) => CommandJson.Write(
        new DoctorJson(
            ToolVersion.Line["fptrace ".Length..],
            ToolRuntime.Kind,
            LinkedCode.OpenSslVersion(),
            found.Kernel.Release,
            found.Kernel.Architecture,
            found.Works,
            found.Engine,
            found.Reason,
            [.. found.Findings.Select(finding => new FindingJson(
                finding.Name, Name(finding.State), finding.Detail, finding.Remedy))]),
        CommandJson.Readable.DoctorJson) + "\n";

    private static string Name(FindingState state) => state switch
    {
        FindingState.Found => "found",
        FindingState.Missed => "missed",
        _ => "unknown",
    };

    /// <summary>A finding.</summary>
    /// <param name="Name">What it is.</param>
    /// <param name="State">found, missed or unknown.</param>
    /// <param name="Detail">What was found, or what is lost without it.</param>
    /// <param name="Remedy">What to do.</param>
    internal sealed record FindingJson(
        string Name,
        string State,
        string Detail,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Remedy);
}
