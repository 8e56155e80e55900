using Fptrace.Commands.Trace;
using Fptrace.Model;
using Fptrace.Output;
using static Fptrace.Tests.Output.Sample;

namespace Fptrace.Tests.Output;

public sealed class TraceSinksTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void FullDevice_IsReportedInTheEndAndTheOthersAreCompleted()
    {
        string deps = _directory.File("deps.json");
        using TraceSinks sinks =
            TraceOutputs.Open(new TraceOptions { Command = ["x"], EventsFile = "/dev/full", DepsFile = deps });
        Execution execution = Execution(1, 0, "/bin/x", ["x"]);
        sinks.Started(execution);
        sinks.Accessed(execution, Access(AccessKind.Read, "/a"));
        sinks.Exited(execution, 101, 1, 0);
        sinks.Ended(execution);

        FptraceException e = Assert.Throws<FptraceException>(() => sinks.Complete(Summary()));
        Assert.Equal(ExitCodes.Output, e.ExitCode);
        Assert.Equal("cannot write /dev/full: no space left on device; free some space or choose another place",
            e.Message);
        Assert.True(File.Exists(deps));
    }

    [Fact]
    public void Outputs_AreOpenedTogetherOrNotAtAll()
    {
        var options = new TraceOptions
        {
            Command = ["x"],
            DepsFile = _directory.File("deps.json"),
            EventsFile = _directory.File("events"),
            OutputFile = _directory.File("missing/trace.json"),
        };

        Assert.Throws<FptraceException>(() => TraceOutputs.Open(options));
        Assert.Empty(_directory.Names);
    }

    [Fact]
    public void EveryOutput_IsPutInPlace()
    {
        var options = new TraceOptions
        {
            Command = ["x"],
            ScriptsDirectory = _directory.File("scripts"),
            EmptyScriptsDirectory = true,
            DepsFile = _directory.File("scripts/deps.json"),
            EventsFile = _directory.File("events"),
            OutputFile = _directory.File("trace.json"),
        };
        using (TraceSinks sinks = TraceOutputs.Open(options))
        {
            sinks.Started(Execution(1, 0, "/bin/x", ["x"]));
            sinks.Complete(Summary());
        }

        Assert.Equal(["events", "scripts", "trace.json"], _directory.Names);
        Assert.Equal(2, Directory.GetFiles(_directory.File("scripts")).Length);
    }

    [Fact]
    public void OneFileForTwoOutputs_IsRefused()
    {
        string file = _directory.File("x");
        FptraceException e = Assert.Throws<FptraceException>(
            () =>
                TraceOutputs.Open(new TraceOptions
                {
                    Command = ["x"],
                    DepsFile = file,
                    EventsFile = _directory.Path + "/./x",
                }));
        Assert.Equal(ExitCodes.Usage, e.ExitCode);
    }

    [Fact]
    public void NoOutput_IsNothing()
    {
        using TraceSinks sinks = TraceOutputs.Open(new TraceOptions { Command = ["x"] });
        sinks.Complete(Summary());
        Assert.Empty(_directory.Names);
    }
}
