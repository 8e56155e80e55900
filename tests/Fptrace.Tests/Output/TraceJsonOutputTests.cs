using System.Text.Json;
using Fptrace.Model;
using Fptrace.Output;
using static Fptrace.Tests.Output.Sample;

namespace Fptrace.Tests.Output;

public sealed class TraceJsonOutputTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void NoExecution_IsStillAWholeTrace()
    {
        Assert.Equal(
            """
            {"schema":"fptrace-trace/1","tool":"fptrace 1","command":["sh","-c"],"executions":[],"started":"1970-01-01T00:00:00.0000000+00:00","engine":"notify","durationNs":5,"exitStatus":0,"verdict":{"complete":true,"allFiles":true,"reasons":[]}}

            """,
            Write(Summary()));
    }

    [Fact]
    public void Executions_AreOneALineWithoutWhatDoesNotApply()
    {
        Execution first = Execution(1, 0, "/bin/sh", ["sh"]).With(
            Access(AccessKind.Write, "/a") with { Order = 1, Truncates = true },
            Access(AccessKind.RenameFrom, "/a", "/b", FileType.None) with { Order = 2 });
        first.Processes.Add(101);
        first.ExitCode = 0;
        Execution second = Execution(2, 1, "/bin/x", [], environment: ["A=1"]);
        second.ExitCode = -11;
        second.NextId = 3;

        string[] lines = Write(Summary(new IncompleteReason("io-uring", 4, "it \"may\" lack")), first, second)
            .Split('\n');

        Assert.Equal(5, lines.Length);
        Assert.Equal(
            """{"id":1,"parent":0,"pid":101,"startNs":1,"endNs":0,"exitCode":0,"directory":"/tmp","path":"/bin/sh","executable":"/bin/sh","interpreters":[],"arguments":["sh"],"descriptors":{},"processes":[101],"userTimeUs":0,"systemTimeUs":0,"maxResidentKiB":0,"accesses":[{"order":1,"timeNs":7,"kind":"write","path":"/a","type":"file","truncates":true},{"order":2,"timeNs":7,"kind":"rename-from","path":"/a","counterpart":"/b"}]},""",
            lines[1]);
        Assert.Contains("\"signal\":11,\"next\":3,", lines[2], StringComparison.Ordinal);
        Assert.Contains("\"environment\":[\"A=1\"],", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("],\"started\"", lines[3], StringComparison.Ordinal);
        Assert.EndsWith("""{"complete":false,"allFiles":false,"reasons":[{"kind":"io-uring","pid":4,"detail":"it \"may\" lack"}]}}""", lines[3], StringComparison.Ordinal);
    }

    private string Write(TraceSummary summary, params Execution[] executions)
    {
        string path = _directory.File("trace.json");
        using var output = new TraceJsonOutput(new OutputFile(path), "fptrace 1",
            [ByteString.Parse("sh"), ByteString.Parse("-c")]);
        foreach (Execution execution in executions)
        {
            output.Ended(execution);
        }

        output.Complete(summary);
        string text = File.ReadAllText(path);
        JsonDocument.Parse(text).Dispose();
        return text;
    }
}
