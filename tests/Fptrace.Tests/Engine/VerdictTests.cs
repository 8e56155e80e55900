using Fptrace.Linux.Headers;
using Fptrace.Support;
using Fptrace.Tracing;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Scheduling;
using Fptrace.Tracing.Tracees;
using static Fptrace.Engine.VerdictRun;

namespace Fptrace.Engine;

/// <summary>What a trace lacks, its verdict names; what loses nothing it does not mention.</summary>
public sealed class VerdictTests
{
    [SkippableTheory]
    [AllEngines("harmless")]
    [AllEngines("own-server")]
    [AllEngines("own-abstract")]
    [AllEngines("own-ipv4")]
    [AllEngines("own-ipv6")]
    [AllEngines("hasty")]
    [AllEngines("own-unix-client")]
    [AllEngines("own-unix-datagram")]
    [AllEngines("untraced")]
    [AllEngines("untraced3")]
    [AllEngines("io_uring")]
    [AllEngines("unknown")]
    public void WhatLosesNothing_IsComplete(string engine, string what) => AssertReasons(engine, what);

    [SkippableTheory]
    [AllEngines("traceme")]
    [AllEngines("seize")]
    public void TracerInside_IsRefusedAndSaidToBe(string engine, string what)
    {
        TracedRun run = AssertReasons(engine, what, "inner-tracer");
        Assert.StartsWith("fptrace: inner-tracer: it asked to ", run.Result.Error, StringComparison.Ordinal);
        Assert.Contains("traced by fptrace already", run.Result.Error, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [AllEngines]
    public void TracerOfTheTracer_IsRefusedAndSaidToBe(string engine)
    {
        TracedRun run = AssertReasons(engine, "tracer", "inner-tracer");
        Assert.StartsWith("fptrace: inner-tracer: it asked to trace fptrace, which was refused (", run.Result.Error,
            StringComparison.Ordinal);
    }

    [SkippableTheory]
    [AllEngines("untraced")]
    [AllEngines("untraced3")]
    public void ChildThatWantedToBeUntraced_IsTraced(string engine, string what)
    {
        using var directory = new WorkDirectory();
        Assert.Equal(["1 create by-child"], AssertReasons(directory, engine, what, []).OwnAccesses);
    }

    [SkippableTheory]
    [AllEngines]
    public void ChildThatIsUntraced_IsAReason(string engine) => AssertReasons(engine, "escaped", "untraced-child");

    [SkippableFact]
    public void NotificationOfWhoeverIsNotTraced_IsAReason() =>
        AssertReasons("notify", "escaped-open", "untraced-child", "untraced-child");

    [SkippableTheory]
    [AllEngines]
    public void EndInsideOfAnOpenThatNamesNoFile_IsAReason(string engine) =>
        AssertReasons(engine, "cut-short", "lost-process");

    [SkippableTheory]
    [AllEngines]
    public void MountThatStandsNowhere_IsAReason(string engine) =>
        AssertReasons(engine, "detached-mount", "mount-namespace");

    /// <summary>No kernel has such a call yet.</summary>
    [Theory]
    [InlineData(0, "unknown-call")]
    [InlineData(-errno.ENOSYS)]
    public void UnknownCall_ThatSucceeds_IsAReason(long result, params string[] kinds)
    {
        var recorder = new Recorder(new Output.TraceSinks([]), new TracePlan());
        var stub = new ExecutionState(BareExecution.Of(0, 1), recorder.Forgotten);
        var handler = new SyscallHandler(recorder, new DescriptorNames(),
            new ProcessorAffinity(new TraceeTable(), new TracePlan()));
        handler.Exit(default, new Tracee(Environment.ProcessId, Environment.ProcessId, stub),
            new UnknownCall.Pending(999), result);
        Assert.Equal(kinds, recorder.Verdict.Reasons.Select(reason => reason.Kind));
    }

    [SkippableTheory]
    [AllEngines]
    public void IoUring_IsNotImplementedUnlessAllowed(string engine)
    {
        using var directory = new WorkDirectory();
        CommandResult refused = AssertReasons(directory, engine, "io_uring", []).Result;
        Assert.Equal("ENOSYS\n", refused.Output);
        Assert.Matches("^fptrace: io_uring was refused to [^\n]+/verdict [^\n]+ --allow-io-uring [^\n]+\n$",
            refused.Error);
        TracedRun allowed = TracedRun.With(directory, engine, ["--allow-io-uring"],
            [TestPrograms.Path("verdict"), "io_uring"]).Succeeded();
        Assert.Equal(allowed.Result.Output == "made\n" ? ["io-uring"] : Array.Empty<string>(), Reasons(allowed));
    }

    [SkippableTheory]
    [AllEngines]
    public void IoUring_RefusedToMany_IsSaidOnceAndUnlessQuiet(string engine)
    {
        using var directory = new WorkDirectory();
        string[] command = ["sh", "-c",
            $"{TestPrograms.Path("verdict")} io_uring; {TestPrograms.Path("verdict")} io_uring"];
        Assert.Single(TracedRun.Of(directory, engine, command).Succeeded().Result.Error.TrimEnd().Split('\n'));
        Assert.Equal("", TracedRun.With(directory, engine, ["-q"], command).Succeeded().Result.Error);
    }

    /// <summary>Another time it is refused again, and the command comes to the same.</summary>
    [SkippableFact]
    public void IoUring_RefusedUnderRun_IsSaidAndTheRunCounts()
    {
        using var scenario = new Manifests.RunScenario(TestPrograms.Path("verdict"), "io_uring");
        scenario.Run();
        Assert.Contains("fptrace: io_uring was refused to ", scenario.Last.Error, StringComparison.Ordinal);
        Assert.Equal(Manifests.RunScenario.Skipped, scenario.Run());
    }

    [SkippableTheory]
    [InlineData("notify", "refused")]
    [InlineData("ptrace", "granted")]
    [InlineData("syscall", "granted")]
    public void ListenerInside_IsSaidWhereItIsRefusedOrHidesCalls(string engine, string answer)
    {
        using var directory = new WorkDirectory();
        directory.Write("input", "text\n");
        string program = TestPrograms.Path("listener");
        CommandResult alone = CommandRunner.Run(directory.Work, [program]);
        Requires.That((alone.ExitCode, alone.Output) == (0, "granted\n"), "needs listeners of seccomp");
        TracedRun run = TracedRun.Of(directory, engine, program).Succeeded();
        Assert.Equal(answer + "\n", run.Result.Output);
        if (engine == "syscall")
        {
            Assert.Equal(["1 read input"],
                run.OwnAccesses.Where(access => access.EndsWith("input", StringComparison.Ordinal)));
            Assert.Equal(("", true), (run.Result.Error, run.Trace.IsComplete));
            return;
        }

        Assert.Equal(["inner-listener"], Reasons(run));
        Assert.Matches("^fptrace: inner-listener: [^\n]+--engine syscall[^\n]+\n$", run.Result.Error);
    }

    [SkippableTheory]
    [AllEngines]
    public void Strace_InsideTellsWhyItFails(string engine)
    {
        Requires.Program("strace");
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.Of(directory, engine, "strace", "-f", "true");
        Assert.NotEqual(0, run.Result.ExitCode);
        Assert.Contains("fptrace: inner-tracer: ", run.Result.Error, StringComparison.Ordinal);
        Assert.Equal(["inner-tracer"], Reasons(run).Distinct());
    }
}
