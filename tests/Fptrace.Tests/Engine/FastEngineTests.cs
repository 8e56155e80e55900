using Fptrace.Linux.Headers;
using Fptrace.Support;
using static Fptrace.Engine.FastRuns;

namespace Fptrace.Engine;

/// <summary>Under the engine <c>fast</c> a process makes known calls unasked, and the trace is that of
/// <c>notify</c>.</summary>
public sealed class FastEngineTests
{
    public static IEnumerable<object[]> Programs =>
        TestPrograms.WithAccesses.Where(name => name != "raw").Select(name => new object[] { name });

    [SkippableTheory]
    [MemberData(nameof(Programs))]
    public void Program_MakesTheAccessesItNames(string name)
    {
        SkipElsewhere();
        using var directory = new WorkDirectory();
        TestProgram program = TestProgram.Read(name);
        program.Prepare(directory);
        TracedRun run = TracedRun.With(directory, "fast", program.Options, [TestPrograms.LinkedPath(name)]);
        Requires.That(run.Result.ExitCode != TestProgram.Unsupported, $"needs what tests/programs/{name}.c needs");
        IEnumerable<string> accesses = run.Succeeded().OwnAccesses.Where(access => !program.Tolerated.Contains(access));
        Assert.Equal(
            program.IsOrdered ? program.Accesses : program.Accesses.Order(StringComparer.Ordinal),
            program.IsOrdered ? accesses : accesses.Order(StringComparer.Ordinal));
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
        Assert.Equal("fast", run.Trace.Engine);
    }

    /// <summary>With faults, signals at 100 µs, siglongjmp, fork, vfork, and streams that are renamed and
    /// replaced.</summary>
    [SkippableFact]
    public void ArmedProcess_HasTheTraceOfNotify()
    {
        TracedRun fast = Run("fast", "all");
        TracedRun notify = Run("notify", "all");
        Assert.Equal(["armed", "asked"], [fast.Result.Output.Trim(), notify.Result.Output.Trim()]);
        Assert.Equal(Accesses(notify), Accesses(fast));
        Assert.True(fast.Trace.IsComplete, fast.Trace.Verdict);
        Assert.Contains("1 write second", fast.OwnAccesses);
        Assert.Contains("1 probe /proc/self/status ", Accesses(fast));
        Assert.Contains("1 probe moved", fast.OwnAccesses);
        Assert.Contains("1 absent thing", fast.OwnAccesses);
        Assert.Contains("1 absent other", fast.OwnAccesses);
    }

    [SkippableFact]
    public void StreamOfAFileThatIsRenamed_IsUsedByItsNewName()
    {
        string[] command = [TestPrograms.LinkedPath("known"), "streams"];
        TracedRun fast = RunWith("fast", [], command);
        TracedRun notify = RunWith("notify", [], command);
        Assert.Equal(["armed", "asked"], [fast.Result.Output.Trim(), notify.Result.Output.Trim()]);
        Assert.Equal(Accesses(notify), Accesses(fast));
        Assert.Contains("1 write renamed 2", fast.OwnAccesses);
    }

    /// <summary>A filter of the command's may go by where the instruction of a call is.</summary>
    [SkippableTheory]
    [InlineData("confine", "armed")]
    [InlineData("confined", "asked")]
    public void ProcessWithAFilterOfItsOwn_MakesItsCallsWhereTheyStand(string what, string how)
    {
        TracedRun fast = Run("fast", what);
        Assert.Equal(how, fast.Result.Output.Trim());
        Assert.Equal(Accesses(Run("notify", what)), Accesses(fast));
        Assert.True(fast.Trace.IsComplete, fast.Trace.Verdict);
    }

    /// <summary>The pages would count against its limit.</summary>
    [SkippableFact]
    public void ProcessWithAMemoryLimit_IsNotArmed() =>
        Assert.Equal("asked", Run("fast", "sh", "-c", $"ulimit -v 1000000; exec {TestPrograms.LinkedPath("known")} all")
            .Result.Output.Trim());

    [SkippableFact]
    public void ProcessOfAnyUser_IsArmed()
    {
        SkipElsewhere();
        Requires.That(Environment.UserName == "root", "needs root");
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.With(directory, "fast", ["--probes"], [TestPrograms.LinkedPath("known"), "all"],
            "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "env", "HOME=/nowhere").Succeeded();
        Assert.Equal("armed", run.Result.Output.Trim());
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }

    [SkippableFact]
    public void StaticProgram_IsNotArmed()
    {
        SkipElsewhere();
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.With(directory, "fast", ["--probes"], [TestPrograms.Path("known"), "all"])
            .Succeeded();
        Assert.Equal("asked", run.Result.Output.Trim());
    }

    [SkippableFact]
    public void OtherMachine_IsRefusedInOneLine()
    {
        Skip.If(PerMachine.IsX64, "is for other machines than x86-64");
        CommandResult run = CommandRunner.Run("/",
            [.. FptraceExecutable.Command, "--engine", "fast", "-d", "-", "true"]);
        Assert.Equal(ExitCodes.TracingDenied, run.ExitCode);
        Assert.Equal("fptrace: --engine fast is for x86-64 only; use notify", run.Error.TrimEnd());
    }
}
