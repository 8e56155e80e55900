using Fptrace.Support;
using static Fptrace.Engine.FastRuns;

namespace Fptrace.Engine;

/// <summary>What others do beside an armed process: <c>tests/programs/beside.c</c>.</summary>
public sealed class FastSharingTests
{
    /// <summary>Each process with the same memory has standard streams of its own.</summary>
    [SkippableTheory]
    [InlineData("made-before", "asked")]
    [InlineData("made-after", "armed")]
    public void ProcessWithTheSameMemory_IsRecordedWithItsOwnStreams(string what, string how)
    {
        string command = $"exec {TestPrograms.LinkedPath("beside")} {what} >8 9>9";
        TracedRun fast = RunLate("fast", command);
        Assert.Equal(RunLate("notify", command).OwnAccesses, fast.OwnAccesses);
        Assert.Contains("2 write 9", fast.OwnAccesses);
        Assert.Equal(how, fast.Result.Error);
        Assert.True(fast.Trace.IsComplete, fast.Trace.Verdict);
    }

    [SkippableTheory]
    [InlineData("made-before")]
    [InlineData("made-after")]
    public void ProcessWithTheSameMemory_IsRecordedWithItsOwnRoot(string what)
    {
        Requires.That(Environment.UserName == "root", "needs root");
        string command = "mkdir -p root/etc && echo > root/etc/passwd && "
            + $"exec {TestPrograms.LinkedPath("beside")} {what} root 9>9";
        TracedRun fast = RunLate("fast", command);
        Assert.Equal(RunLate("notify", command).OwnAccesses, fast.OwnAccesses);
        Assert.Contains("3 probe root/etc/passwd", fast.OwnAccesses);
    }

    [SkippableFact]
    public void StreamThatAProcessWithTheSameDescriptorsReplaces_IsRecorded()
    {
        string command = $"exec {TestPrograms.LinkedPath("beside")} replace >8 9>9";
        TracedRun fast = Run("fast", "sh", "-c", command);
        Assert.Equal(Run("notify", "sh", "-c", command).OwnAccesses, fast.OwnAccesses);
        Assert.Contains("2 write 9", fast.OwnAccesses);
    }

    /// <summary>It tells the kernel from where its calls may come.</summary>
    [SkippableFact]
    public void ProcessThatDispatchesItsCalls_MakesThemWhereTheyStand()
    {
        SkipElsewhere();
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.With(directory, "fast", ["--probes"],
            [TestPrograms.LinkedPath("beside"), "dispatch"]);
        Requires.That(run.Result.ExitCode != TestProgram.Unsupported, "needs PR_SET_SYSCALL_USER_DISPATCH");
        Assert.Equal("armed", run.Succeeded().Result.Error);
    }

    /// <summary>Nobody but a tracer with rights can open the memory of such a process.</summary>
    [SkippableFact]
    public void ChildOfAProcessThatIsNotDumpable_IsNoReason()
    {
        SkipElsewhere();
        Requires.That(Environment.UserName == "root", "needs root");
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.With(directory, "fast", ["--probes"], [TestPrograms.LinkedPath("beside"), "hide"],
            "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "env", "HOME=/nowhere").Succeeded();
        Assert.Contains("armed", run.Result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("--engine fast", run.Trace.Verdict, StringComparison.Ordinal);
    }

    /// <summary>No call of the command announces it.</summary>
    [SkippableFact]
    public void AbsentPathThatAStrangerMakes_IsRecordedWhenItIsThere()
    {
        SkipElsewhere();
        using var directory = new WorkDirectory();
        Task stranger = Task.Run(() =>
        {
            Wait.Until(() => new FileInfo(directory.Path("waits")) is { Exists: true, Length: > 0 });
            directory.Write("there", "");
        });
        TracedRun run = TracedRun.With(directory, "fast", ["--probes"], [TestPrograms.LinkedPath("beside"), "stranger"])
            .Succeeded();
        stranger.Wait();
        Assert.Equal("armed", run.Result.Error);
        Assert.Equal(["1 create waits", "1 absent there", "1 probe there"], run.OwnAccesses);
    }

    // Else the dynamic linker would ask enough.
    private static TracedRun RunLate(string engine, string command) =>
        RunWith(engine, ["--probes"], ["sh", "-c", command], "env", "FPTRACE_ARM_AFTER=16");
}
