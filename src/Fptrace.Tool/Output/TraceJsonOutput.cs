using System.Globalization;
using System.Text.Json;
using Fptrace.Model;

namespace Fptrace.Output;

/// <summary><c>-o</c>: the whole trace as one JSON object of the schema <c>fptrace-trace/1</c>.</summary>
/// <remarks>
/// Each execution is written when it ends, one per line, so that memory does not grow with the trace. Fields that are
/// known only at the end follow (<c>started</c>, <c>engine</c>, <c>durationNs</c>, <c>exitStatus</c>,
/// <c>undeleted</c>, <c>verdict</c>). Fields that do not apply are left out.
/// </remarks>
/// <param name="file">The file. This object owns it.</param>
/// <param name="tool">The version of the tool.</param>
/// <param name="command">The argv of the command.</param>
internal sealed class TraceJsonOutput(OutputFile file, string tool, IReadOnlyList<ByteString> command)
    : TraceOutput(file.Name)
{
    public const string Schema = "fptrace-trace/1";

    private readonly JsonRecord _record = new();
    private bool _any;

    public override TraceNeeds Needs => NeedsAll with { ProcessNumbers = true };

    protected override void WriteEnd(Execution execution)
    {
        BeginExecution();
        Utf8JsonWriter json = _record.Begin();
        json.WriteStartObject();
        WriteIdentity(json, execution);
        WriteResources(json, execution);
        json.WriteStartArray("accesses");
        foreach (Access access in execution.Accesses)
        {
            WriteAccess(json, access);
            _record.Drain(file);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        file.Write(_record.End());
    }

    protected override void Finish(TraceSummary summary)
    {
        if (!_any)
        {
            WriteHeader();
        }

        file.Write(_any ? "\n],"u8 : "],"u8);
        Utf8JsonWriter json = _record.Begin();
        json.WriteStartObject();
        json.WriteString("started", summary.Started.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("engine", summary.Engine);
        json.WriteNumber("durationNs", summary.DurationNs);
        json.WriteNumber("exitStatus", summary.ExitStatus);
        if (!summary.Undeleted.IsEmpty)
        {
            json.WriteName("undeleted", summary.Undeleted);
        }

        WriteVerdict(json, summary.Verdict);
        json.WriteEndObject();

        // Drop the opening brace: this continues the object that the header opened.
        file.Write(_record.End()[1..]);
        file.Write("\n"u8);
        file.Commit();
    }

    protected override void Discard()
    {
        _record.Dispose();
        file.Dispose();
    }

    private static void WriteIdentity(Utf8JsonWriter json, Execution execution)
    {
        json.WriteNumber("id", execution.Id);
        json.WriteNumber("parent", execution.ParentId);
        json.WriteNumber("pid", execution.Pid);
        json.WriteNumber("startNs", execution.StartNs);
        json.WriteNumber("endNs", execution.EndNs);
        if (execution.ExitCode is int exit)
        {
            json.WriteNumber(exit < 0 ? "signal" : "exitCode", Math.Abs(exit));
        }

        if (execution.NextId != 0)
        {
            json.WriteNumber("next", execution.NextId);
        }

        json.WriteName("directory", execution.Directory);
        json.WriteName("path", execution.Path);
        json.WriteName("executable", execution.Executable);
        json.WriteNames("interpreters", execution.Interpreters);
        json.WriteNames("arguments", execution.Arguments);
        if (execution.Environment is { } environment)
        {
            json.WriteNames("environment", environment);
        }
    }

    private static void WriteResources(Utf8JsonWriter json, Execution execution)
    {
        json.WriteDescriptors("descriptors", execution.Descriptors);
        json.WriteStartArray("processes");
        foreach (int pid in execution.Processes)
        {
            json.WriteNumberValue(pid);
        }

        json.WriteEndArray();
        json.WriteNumber("userTimeUs", execution.UserTimeUs);
        json.WriteNumber("systemTimeUs", execution.SystemTimeUs);
        json.WriteNumber("maxResidentKiB", execution.MaxResidentKiB);
        if (execution.IsArmed)
        {
            json.WriteBoolean("armed", true);
        }
    }

    private static void WriteAccess(Utf8JsonWriter json, in Access access)
    {
        json.WriteStartObject();
        json.WriteNumber("order", access.Order);
        json.WriteNumber("timeNs", access.TimeNs);
        json.WriteString("kind", AccessWords.Of(access.Kind));
        json.WriteName("path", access.Path);
        if (!access.Counterpart.IsEmpty)
        {
            json.WriteName("counterpart", access.Counterpart);
        }

        if (AccessWords.Of(access.Type) is string type)
        {
            json.WriteString("type", type);
        }

        if (access.Truncates && access.Kind != AccessKind.Create)
        {
            json.WriteBoolean("truncates", true);
        }

        json.WriteEndObject();
    }

    private static void WriteVerdict(Utf8JsonWriter json, Verdict verdict)
    {
        json.WriteStartObject("verdict");
        json.WriteBoolean("complete", verdict.IsComplete);
        json.WriteBoolean("allFiles", verdict.HoldsAllFiles);
        json.WriteStartArray("reasons");
        foreach (IncompleteReason reason in verdict.Reasons)
        {
            json.WriteStartObject();
            json.WriteString("kind", reason.Kind);
            json.WriteNumber("pid", reason.Pid);
            json.WriteString("detail", reason.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void BeginExecution()
    {
        if (!_any)
        {
            WriteHeader();
        }

        file.Write(_any ? ",\n"u8 : "\n"u8);
        _any = true;
    }

    private void WriteHeader()
    {
        Utf8JsonWriter json = _record.Begin();
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteString("tool", tool);
        json.WriteNames("command", command);
        json.WriteEndObject();

        // Drop the closing brace: executions and the summary follow.
        file.Write(_record.End()[..^1]);
        file.Write(",\"executions\":["u8);
    }
}
