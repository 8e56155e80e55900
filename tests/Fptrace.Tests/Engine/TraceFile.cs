using System.Text.Json;

namespace Fptrace.Engine;

/// <summary>The full trace that <c>-o</c> writes.</summary>
internal sealed record TraceFile(IReadOnlyList<TracedExecution> Executions, string Engine, int ExitStatus,
    bool IsComplete, string Verdict)
{
    /// <summary>Of all executions, in order.</summary>
    public IEnumerable<TracedAccess> Accesses =>
        Executions.SelectMany(execution => execution.Accesses).OrderBy(access => access.Order);

    public static TraceFile Read(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        JsonElement root = json.RootElement;
        Assert.Equal("fptrace-trace/1", root.GetProperty("schema").GetString());
        JsonElement verdict = root.GetProperty("verdict");
        return new TraceFile(
            [.. root.GetProperty("executions").EnumerateArray().Select(TracedExecution.Read)],
            root.GetProperty("engine").GetString()!,
            root.GetProperty("exitStatus").GetInt32(),
            verdict.GetProperty("complete").GetBoolean(),
            verdict.GetRawText());
    }
}
