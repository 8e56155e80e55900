using System.Diagnostics;
using Fptrace.Engine;
using Fptrace.Engine.Mounts;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>Several fptrace at the same step at the same time.</summary>
public sealed class ConcurrentRunTests
{
    /// <summary>With a FUSE mount, each run is behind a proxy: that is the process which the caller knows.</summary>
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void SecondRun_WaitsSaysForWhomAndIsSkipped(bool hasMount)
    {
        using RunScenario scenario = Waiting();
        using var directory = new WorkDirectory();
        using StalledMount? mount = hasMount ? StalledMount.Begin(directory) : null;
        using Process first = scenario.Start(until: "started");
        using Process second = CommandRunner.Start(scenario.Directory.Work, scenario.CommandLine);
        string? line = second.StandardError.ReadLine();
        Assert.Equal($"fptrace: waits for another fptrace to run this step (process {first.Id})", line);
        scenario.Directory.Write("answer", "go\n");
        Assert.Equal(0, CommandRunner.Finish(first, scenario.Command).ExitCode);
        CommandResult result = CommandRunner.Finish(second, scenario.Command);
        Assert.StartsWith("fptrace: up to date, not run: ", result.Error, StringComparison.Ordinal);
        Assert.Equal((0, "printed\n"), (result.ExitCode, result.Output));
        Assert.Equal("x\n", File.ReadAllText(scenario.Directory.Path("count.log")));
        Assert.Empty(Directory.EnumerateFiles(scenario.Directory.Results, ".*lock"));
    }

    [SkippableFact]
    public void ManyRuns_OneRunsAndTheOthersAreSkipped()
    {
        using var scenario = new RunScenario("sh", "-c",
            "cat in > out; cat out >> out2; echo x >> count.log; sleep 0.3") { Options = ["--ignore", "*.log"] };
        scenario.Directory.Write("in", "text\n");
        Process[] all =
            [.. Enumerable.Range(0, 5).Select(_ => CommandRunner.Start(scenario.Directory.Work, scenario.CommandLine))];
        CommandResult[] results = [.. all.Select(process => CommandRunner.Finish(process, scenario.Command))];
        Array.ForEach(all, process => process.Dispose());
        Requires.That(results[0].ExitCode != ExitCodes.TracingDenied, "needs ptrace");
        Assert.All(results, result => Assert.Equal(0, result.ExitCode));
        Assert.Equal("x\n", File.ReadAllText(scenario.Directory.Path("count.log")));
        Assert.Equal("text\n", File.ReadAllText(scenario.Directory.Path("out2")));
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableFact]
    public void HolderKilled_NextOneRuns()
    {
        using RunScenario scenario = Waiting();
        using (Process first = scenario.Start(until: "started"))
        {
            first.Kill();
            CommandRunner.Finish(first, scenario.Command);
        }

        scenario.Directory.Write("answer", "go\n");
        scenario.RunsBecause("the last run did not come to its end");
    }

    [SkippableFact]
    public void StepThatRunsItself_Ends()
    {
        using var scenario = new RunScenario();
        string line = string.Join(' ',
            [.. FptraceExecutable.Command, "run", "--root", scenario.Directory.Work, "--manifest", scenario.Manifest]);
        scenario.Command = ["sh", "-c",
            $"cat in >> out; if [ -z \"$INNER\" ]; then INNER=1 {line} -- sh -c \"$0\" \"$0\"; fi", "cat in >> out"];
        scenario.Directory.Write("in", "text\n");
        scenario.Run();
        Assert.Equal("text\ntext\n", File.ReadAllText(scenario.Directory.Path("out")));
    }

    /// <summary>A step that waits for an answer, and counts how often it ran.</summary>
    private static RunScenario Waiting()
    {
        var scenario = new RunScenario("sh", "-c",
            "echo x >> count.log; cat in > out; : > started; until [ -s answer ]; do sleep 0.01; done; echo printed")
        {
            Options = ["--ignore", "answer", "--ignore", "*.log"],
        };
        scenario.Directory.Write("in", "text\n");
        return scenario;
    }
}
