using Fptrace.Support;

namespace Fptrace.Engine.Failures;

// Processes, descriptors and signals.
public sealed partial class OriginalFailureTests
{
    [SkippableTheory]
    [AllEngines]
    public void Failure01_Pipe2_IsAPipe(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c", "echo a | cat > out; :").Succeeded();
        Assert.Equal(["/dev/fptrace/pipe/1"],
            run.Record("sh").Outputs.Where(output => output.StartsWith("/dev/", StringComparison.Ordinal)));
        Assert.Equal(["/dev/fptrace/pipe/1"], run.Record("cat").OwnInputs);
        Assert.Equal("/dev/fptrace/pipe/1", run.Record("cat").Descriptors["0"]);
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure07_CallsOfI386_AreRead(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = RunProgram(directory, engine, "i386");
        Assert.Equal([directory.Path("input")], run.Deps[0].OwnInputs);
        Assert.Equal([directory.Path("output")], run.Deps[0].Outputs);
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure08_CloneFlags_AreFollowed(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = RunProgram(directory, engine, "clone3");
        Assert.Equal(
            ["sub/from-child", "sub/from-parent", "sub/deeper/from-unshared", "sub/still-here"],
            run.Short(run.Deps[0].Outputs));
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure09_Descriptors_AreTheKernels(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = RunProgram(directory, engine, "ofd");
        DepsRecord child = run.Deps.Single(record => record.Id == 2);
        Assert.Equal(
            [("0", "/dev/stdin"), ("1", "first"), ("2", "passed"), ("3", "first")],
            child.Descriptors.OrderBy(fd => fd.Key, StringComparer.Ordinal)
                .Select(fd => (fd.Key, run.Short(fd.Value)!)));
        Assert.Equal(["first", "passed"], run.Short(child.Outputs));
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure09_DescriptorsTakenFromAnotherProcess_AreTheKernels(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = RunProgram(directory, engine, "taken");
        Assert.Equal(["child/by-parent", "mine/by-parent", "child/by-child"], run.Short(run.Deps[0].Outputs));
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure10_OtherMountNamespace_DoesNotStopTheTracer(string engine)
    {
        using var directory = new WorkDirectory();
        Requires.That(CommandRunner.Run("/", ["unshare", "-m", "true"]).ExitCode == 0, "needs that unshare -m works");
        TracedRun run = TracedRun.Of(directory, engine, "unshare", "-m", "sh", "-c", "echo a > a; cat a").Succeeded();
        Assert.Equal([directory.Path("a")], run.Record("cat").OwnInputs);
    }

    [SkippableTheory]
    [AllEngines("enull")]
    [AllEngines("chroot")]
    [AllEngines("vanish")]
    [AllEngines("ofd")]
    public void Failure10_OddProcesses_DoNotStopTheTracer(string engine, string program)
    {
        using var directory = new WorkDirectory();
        string scripts = Path.Combine(directory.Results, "scripts");
        RunProgram(directory, engine, program, "-e", "-s", scripts);
        Assert.NotEmpty(Directory.EnumerateFiles(scripts));
    }

    [SkippableTheory]
    [AllEngines]
    public void RootOfAChroot_IsADirectoryThatExists(string engine)
    {
        using var directory = new WorkDirectory();
        string program = TestPrograms.Path("chroot");
        TestProgram.Read("chroot").Prepare(directory);
        TracedRun run = TracedRun.With(directory, engine, ["--probes"], [program]).Succeeded();
        Assert.Equal(["probe"],
            run.Trace.Accesses.Where(access => access.Path == directory.Path("jail")).Select(access => access.Kind)
                .Distinct());
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure11_Stop_Stops(string engine)
    {
        using var directory = new WorkDirectory();
        RunProgram(directory, engine, "stop");
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure13_Termination_KeepsWhatWasRecorded(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        IReadOnlyList<string> command = TracedRun.CommandLine(directory, engine, [],
            ["sh", "-c", "echo a > a; echo b > marker; exec sleep 60"]);
        using System.Diagnostics.Process process = CommandRunner.Start(directory.Work, command);
        Assert.True(Wait.Until(() => File.Exists(directory.Path("marker"))));
        CommandRunner.Run("/", ["kill", "-TERM", $"{process.Id}"]);
        CommandResult result = CommandRunner.Finish(process, command);
        Assert.Equal(143, result.ExitCode);
        TraceFile trace = TraceFile.Read(Path.Combine(directory.Results, "trace.json"));
        Assert.Contains(trace.Accesses, access => access.Path == directory.Path("a"));
        Assert.False(trace.IsComplete);
        Assert.Contains("interrupted", trace.Verdict, StringComparison.Ordinal);
        Assert.NotEmpty(DepsRecord.ReadFile(Path.Combine(directory.Results, "deps.json")));
    }

    /// <summary>The original waits without a word for ever. That nothing is said of a command without one is
    /// <see cref="SurvivorTests"/>' affair.</summary>
    [SkippableTheory]
    [AllEngines]
    public void Failure13_DaemonThatStays_IsNamedWhileItIsWaitedFor(string engine)
    {
        Requires.Program("setsid");
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);

        // What the tool says ends the daemon, and the daemon's end the wait.
        const string Daemon = "until grep -q daemon-by-name said; do sleep 0.05; done";
        string[] around = ["sh", "-c", "exec \"$@\" 2>said", "sh"];
        directory.Write("daemon-by-name", Daemon);
        TracedRun run = TracedRun.With(directory, engine, [],
            ["sh", "-c", "setsid sh daemon-by-name & exit 5"], around);
        Assert.Equal(5, run.Result.ExitCode);
        string[] lines = File.ReadAllLines(directory.Path("said"));
        Assert.StartsWith("fptrace: the command has ended; waiting for what it left behind", lines[0],
            StringComparison.Ordinal);
        Assert.Contains(lines, line => line.EndsWith(" sh (sh daemon-by-name)", StringComparison.Ordinal));
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure13_OtherTracer_IsNamed(string engine)
    {
        Requires.Program("strace");
        using var directory = new WorkDirectory();
        CommandResult result = CommandRunner.Run(directory.Work,
            ["strace", "-f", "-qq", "-e", "trace=none", "-o", "/dev/null",
            .. TracedRun.CommandLine(directory, engine, [], ["true"])]);
        Assert.Equal(ExitCodes.TracingDenied, result.ExitCode);
        Assert.Contains("tracer", result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
