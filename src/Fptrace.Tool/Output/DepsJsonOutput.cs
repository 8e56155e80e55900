using System.Text.Json;
using Fptrace.Model;

namespace Fptrace.Output;

/// <summary><c>-d</c>: deps.json, an array of executions in the order of their end, one per line.</summary>
/// <param name="file">The file. This object owns it.</param>
/// <param name="withOutputs"><c>-do</c>: leave out executions with no outputs, or with <c>/dev/tty</c> as the only
/// one.</param>
/// <param name="names"><c>-dn</c>: keep executions whose path or base name is one of these. With <c>-do</c>, one of the
/// two conditions is enough.</param>
internal sealed class DepsJsonOutput(OutputFile file, bool withOutputs, IReadOnlyList<string> names)
    : TraceOutput(file.Name)
{
    private readonly JsonRecord _record = new();
    private readonly byte[][] _names = [.. names.Select(name => ByteString.Parse(name).Span.ToArray())];
    private bool _any;

    public override TraceNeeds Needs => NeedsFiles;

    protected override void WriteEnd(Execution execution)
    {
        var lists = DepsLists.Of(execution.Accesses);
        if (!IsWanted(execution, lists))
        {
            return;
        }

        file.Write(_any ? ",\n"u8 : "[\n"u8);
        _any = true;
        Utf8JsonWriter json = _record.Begin();
        json.WriteStartObject();
        WriteCommand(json, execution);
        json.WriteNames("Inputs", lists.Inputs, Drain);
        json.WriteNames("Outputs", lists.Outputs, Drain);
        json.WriteDescriptors("FDs", execution.Descriptors);
        json.WriteEndObject();
        file.Write(_record.End());
    }

    protected override void Finish(TraceSummary summary)
    {
        file.Write(_any ? "\n]\n"u8 : "[]\n"u8);
        file.Commit();
    }

    protected override void Discard()
    {
        _record.Dispose();
        file.Dispose();
    }

    private static void WriteCommand(Utf8JsonWriter json, Execution execution)
    {
        json.WriteStartObject("Cmd");
        json.WriteNumber("Parent", execution.ParentId);
        json.WriteNumber("ID", execution.Id);
        if (execution.ExitCode is int exit and not 0)
        {
            json.WriteNumber("Exit", exit);
        }

        if (execution.NextId != 0)
        {
            json.WriteNumber("Exec", execution.NextId);
        }

        json.WriteName("Dir", execution.Directory);
        json.WriteName("Path", execution.Path);
        json.WriteNames("Args", execution.Arguments);
        if (execution.Environment is { } environment)
        {
            json.WriteNames("Env", environment);
        }

        json.WriteEndObject();
    }

    private void Drain() => _record.Drain(file);

    private bool IsWanted(Execution execution, DepsLists lists) =>
        (!withOutputs && _names.Length == 0)
        || (withOutputs && lists.Outputs.Any(output => !output.Span.SequenceEqual("/dev/tty"u8)))
        || _names.Any(name => execution.Path.Span.SequenceEqual(name)
            || BaseName.Of(execution.Path).SequenceEqual(name));
}
