using Fptrace.Engine;

namespace Fptrace.Manifests;

/// <summary>What a step leaves running: <c>fptrace run --survivors</c>.</summary>
public sealed class SurvivingProcessTests
{
    private const string Refusal = "the last run was not seen completely: survivor: ";

    [SkippableFact]
    public void Wait_WhatTheyMakeIsTheStepsOutput()
    {
        using var scenario = new RunScenario("sh", "-c",
            "(while [ -e /proc/$$/fd/0 ]; do :; done; cat in > late) & exit 0");
        scenario.Directory.Write("in", "text\n");
        scenario.RunTwice();
        scenario.Directory.Write("late", "other\n");
        scenario.RunsBecause("output modified: late");
        Assert.Equal("text\n", File.ReadAllText(scenario.Directory.Path("late")));
    }

    [SkippableFact]
    public void Kill_EndsThemAndTheRunDoesNotCount()
    {
        using var scenario = new RunScenario("sh", "-c",
            "cat in > out; sleep 60 & echo $! > pid") { Options = ["--survivors", "kill"] };
        scenario.Directory.Write("in", "text\n");
        scenario.Run();
        LiveRun.AwaitEnd(int.Parse(File.ReadAllText(scenario.Directory.Path("pid")),
            System.Globalization.CultureInfo.InvariantCulture));
        Assert.StartsWith(Refusal, scenario.Refusal(), StringComparison.Ordinal);
        Assert.StartsWith(Refusal, scenario.Run(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Linger_ReturnsAndTheRunDoesNotCount()
    {
        using var scenario = new RunScenario("sh", "-c",
            "cat in > out; sh survivor & echo $! > pid; echo text") { Options = ["--survivors", "linger"] };
        scenario.Directory.Write("in", "text\n");

        // More than a pipe holds: it is not held up, though nobody reads that any more.
        // The second run's leaves the first's files alone.
        scenario.Directory.Write("survivor",
            "mkdir first 2> /dev/null || exit; while test -e survivor && ! test -s go; do sleep 0.05; done; head -c "
            + "200000 /dev/zero; cat go > late; echo done > end");
        scenario.Run();
        Assert.Equal("text\n", scenario.Last.Output);
        Assert.StartsWith(Refusal, scenario.Refusal(), StringComparison.Ordinal);
        int pid = int.Parse(File.ReadAllText(scenario.Directory.Path("pid")),
            System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(Directory.Exists($"/proc/{pid}"));

        // The one that goes on holds up nobody who runs the step meanwhile.
        scenario.Directory.Write("go", "go\n");
        Assert.StartsWith(Refusal, scenario.Run(), StringComparison.Ordinal);
        LiveRun.AwaitEnd(pid);
        LiveRun.AwaitEnd(int.Parse(File.ReadAllText(scenario.Directory.Path("pid")),
            System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("go\n", File.ReadAllText(scenario.Directory.Path("late")));
        Assert.Equal("done\n", File.ReadAllText(scenario.Directory.Path("end")));
    }

    [SkippableFact]
    public void Detach_WaitsForTheOutputAndLeavesTheOthers()
    {
        using var scenario = new RunScenario("sh", "-c",
            "cat in > out; sh other > /dev/null 2>&1 & echo $! > pid; (sleep 0.5; echo late) & echo text") { Options =
                ["--survivors", "detach"] };
        scenario.Directory.Write("in", "text\n");
        scenario.Directory.Write("other", "while test -e other && ! test -e go; do sleep 0.05; done; echo done > end");
        scenario.Run();
        Assert.Equal("text\nlate\n", scenario.Last.Output);
        Assert.StartsWith(Refusal + "sh (sh other)", scenario.Refusal(), StringComparison.Ordinal);
        scenario.Directory.Write("go", "");
        LiveRun.AwaitEnd(int.Parse(File.ReadAllText(scenario.Directory.Path("pid")),
            System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("done\n", File.ReadAllText(scenario.Directory.Path("end")));
    }

    [SkippableFact]
    public void Detach_WhoHoldsTheOutputEnds_Counts()
    {
        using var scenario = new RunScenario("sh", "-c",
            "(sleep 0.5; cat in > late; echo late) & echo text") { Options = ["--survivors", "detach"] };
        scenario.Directory.Write("in", "text\n");
        scenario.RunTwice();
        Assert.Equal("text\nlate\n", scenario.Last.Output);
    }

    [SkippableFact]
    public void Linger_NothingLeftRunning_Counts()
    {
        using var scenario = new RunScenario("sh", "-c",
            "cat in > out; echo text") { Options = ["--survivors", "linger"] };
        scenario.Directory.Write("in", "text\n");
        scenario.RunTwice();
        Assert.Equal("text\n", scenario.Last.Output);
        scenario.Command = ["sh", "-c", "exit 3"];
        scenario.Run(exitCode: 3);
    }

    [Fact]
    public void UnknownPolicy_IsRefused()
    {
        using var scenario = new RunScenario("true") { Options = ["--survivors", "adopt"] };
        CommandResult result = CommandRunner.Run(scenario.Directory.Work, scenario.CommandLine);
        Assert.Equal(
            (ExitCodes.Usage, "fptrace: --survivors does not know 'adopt'; use wait, kill, linger or detach\n"),
            (result.ExitCode, result.Error));
    }
}
