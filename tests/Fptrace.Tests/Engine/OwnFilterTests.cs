using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>A command's own seccomp filters answer traced what they answer untraced.</summary>
public sealed class OwnFilterTests
{
    [SkippableTheory]
    [AllEngines("prctl")]
    [AllEngines("seccomp")]
    [AllEngines("computed")]
    [AllEngines("alone")]
    [AllEngines("shared")]
    [AllEngines("two")]
    public void CallLeftToATracer_FailsAsUntraced(string engine, string what) =>
        AssertSame(engine, TestPrograms.Path("filters"), what);

    [SkippableTheory]
    [AllEngines("prctl")]
    [AllEngines("computed")]
    public void CallLeftToATracer_Of32Bits_FailsAsUntraced(string engine, string what) =>
        AssertSame(engine, TestPrograms.Path("filters", bits: 32), what);

    [SkippableTheory]
    [AllEngines]
    public void CallLeftToATracer_IsNoAccess(string engine)
    {
        using var directory = new WorkDirectory();
        directory.Write("input", "text\n");
        TracedRun run = TracedRun.Of(directory, engine, TestPrograms.Path("filters"), "seccomp").Succeeded();
        Assert.Equal(
            ["1 read input", "2 read input"],
            run.OwnAccesses.Where(access => access.Contains("input", StringComparison.Ordinal)
                || access.Contains("made-by", StringComparison.Ordinal)));
        Assert.True(run.Trace.IsComplete);
    }

    [SkippableTheory]
    [AllEngines]
    public void StrictMode_IsSaidWhereItIsRefused(string engine)
    {
        using var directory = new WorkDirectory();
        CommandResult untraced = CommandRunner.Run(directory.Work, [TestPrograms.Path("filters"), "strict"]);
        Requires.That(untraced.Output == "granted\n", "needs seccomp's strict mode");
        TracedRun run = TracedRun.Of(directory, engine, TestPrograms.Path("filters"), "strict").Succeeded();
        if (engine == "syscall")
        {
            Assert.Equal(("granted\n", "", true), (run.Result.Output, run.Result.Error, run.Trace.IsComplete));
            return;
        }

        Assert.Equal(("refused\n", false), (run.Result.Output, run.Trace.IsComplete));
        Assert.Contains("\"kind\":\"inner-filter\"", run.Trace.Verdict, StringComparison.Ordinal);
        Assert.Matches("^fptrace: inner-filter: [^\n]+--engine syscall[^\n]+\n$", run.Result.Error);
    }

    private static void AssertSame(string engine, string program, string what)
    {
        using var untraced = new WorkDirectory();
        using var traced = new WorkDirectory();
        untraced.Write("input", "text\n");
        traced.Write("input", "text\n");
        CommandResult expected = CommandRunner.Run(untraced.Work, [program, what]);
        Requires.That(expected.ExitCode == 0, "needs filters of seccomp");
        TracedRun run = TracedRun.With(traced, engine, ["--probes"], [program, what]).Succeeded();
        Assert.Equal(expected.Output, run.Result.Output);
        Assert.Contains(what == "two" ? "EPERM" : "ENOSYS", run.Result.Output, StringComparison.Ordinal);
    }
}
