using System.Diagnostics;
using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>Runs that may never stand for another one.</summary>
public sealed class SoundnessScenarioTests
{
    [SkippableFact]
    public void FailingCommand_RunsAgainAndSaysWhy()
    {
        using var scenario = new RunScenario("sh", "-c", "cat in > out; exit 3");
        scenario.Directory.Write("in", "text\n");
        scenario.Run(exitCode: 3);
        Assert.Equal("the last run failed with exit code 3", scenario.Refusal());
        Assert.Equal("the last run failed with exit code 3", scenario.Run(exitCode: 3));
    }

    [SkippableFact]
    public void FailureAfterSuccess_LeavesNothingThatPasses()
    {
        using var scenario = new RunScenario("sh", "-c", "cat in > out; test ! -e bad");
        scenario.Directory.Write("in", "text\n");
        scenario.RunTwice();
        scenario.Directory.Write("bad", "");
        Assert.Equal("now exists: bad", scenario.Run(exitCode: 1));
        File.Delete(scenario.Directory.Path("bad"));
        scenario.RunsBecause("the last run failed with exit code 1");
    }

    [SkippableFact]
    public void CommandKilledBySignal_RunsAgain()
    {
        using var scenario = new RunScenario("sh", "-c", "kill -SEGV $$");
        scenario.Run(exitCode: 139);
        Assert.Equal("the last run failed with exit code 139", scenario.Refusal());
    }

    [SkippableFact]
    public void InputChangedWhileItRan_RunsAgain()
    {
        using RunScenario scenario = ReadsIn();
        CommandResult result = RunWhile(scenario, () => scenario.Directory.Write("in", "other\n"));
        Assert.Contains("fptrace: it will run again: input changed while the command ran: in", result.Error,
            StringComparison.Ordinal);
        Assert.Equal("input changed while the command ran: in", scenario.Run());
    }

    /// <summary>Another file may have been read in its place, unseen.</summary>
    [SkippableFact]
    public void InputMovedAwayAndBackWhileItRan_RunsAgain()
    {
        using RunScenario scenario = ReadsIn();
        RunWhile(scenario, () =>
        {
            File.Move(scenario.Directory.Path("in"), scenario.Directory.Path("away"));
            File.Move(scenario.Directory.Path("away"), scenario.Directory.Path("in"));
        });
        Assert.Equal("input changed while the command ran: in", scenario.Run());
    }

    [SkippableFact]
    public void InputThatTheCommandGivesAnotherName_Skips()
    {
        using var scenario = new RunScenario("sh", "-c", "cat in > out; ln in other; rm other");
        scenario.Directory.Write("in", "text\n");
        scenario.RunTwice();
    }

    [SkippableFact]
    public void FileAppearedInListedDirectoryWhileItRan_RunsAgain()
    {
        using var scenario = new RunScenario("sh", "-c",
            "ls gen > out; : > started; until [ -s gen/answer ]; do sleep 0.01; done");
        Directory.CreateDirectory(scenario.Directory.Path("gen"));
        using Process process = scenario.Start(until: "started");
        scenario.Directory.Write("gen/answer", "go\n");
        CommandResult result = CommandRunner.Finish(process, scenario.Command);
        Assert.Contains("while the command ran: gen", result.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Cancelled_RunsAgain()
    {
        // In the shell's place: a sleep of its own would outlive it, and be waited for.
        using var scenario = new RunScenario("sh", "-c",
            "cat in > out; : > started; if [ -e stop ]; then exec sleep 60; fi");
        scenario.Directory.Write("in", "text\n");
        scenario.RunTwice();
        scenario.Directory.Write("stop", "");
        File.Delete(scenario.Directory.Path("started"));
        using Process process = scenario.Start(until: "started");
        CommandRunner.Run("/", ["kill", "-TERM", $"{process.Id}"]);
        Assert.Equal(143, CommandRunner.Finish(process, scenario.Command).ExitCode);
        File.Delete(scenario.Directory.Path("stop"));
        Assert.StartsWith("the last run failed", scenario.Run(), StringComparison.Ordinal);
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableFact]
    public void TracerKilled_RunsAgain()
    {
        using var scenario = new RunScenario("sh", "-c",
            "cat in > out; : > started; if [ -e stop ]; then sleep 60; fi");
        scenario.Directory.Write("in", "text\n");
        scenario.Directory.Write("stop", "");
        using Process process = scenario.Start(until: "started");
        process.Kill();
        CommandRunner.Finish(process, scenario.Command);
        File.Delete(scenario.Directory.Path("stop"));
        scenario.RunsBecause("the last run did not come to its end");
    }

    [SkippableFact]
    public void IncompleteTrace_RunsAgain()
    {
        Requires.Program("unshare");
        using var scenario = new RunScenario("unshare", "--mount", "sh", "-c",
            "mkdir -p upper work all && mount -t tmpfs none work && mkdir work/u work/w && mount -t overlay -o "
            + "lowerdir=upper,upperdir=work/u,workdir=work/w none all && echo new > all/new && cat all/new in > out");
        scenario.Directory.Write("in", "text\n");
        CommandResult probe = CommandRunner.Run(scenario.Directory.Work, scenario.Command);
        Skip.IfNot(probe.ExitCode == 0, "needs the right to mount");
        scenario.Run();
        Assert.StartsWith("the last run was not seen completely: mount", scenario.Refusal(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void StandardInputHandedOn_RunsAgain()
    {
        using var scenario = new RunScenario("cat") { Options = ["--stdin"],
            Launcher = ["sh", "-c", "echo text | exec \"$@\"", "sh"] };
        scenario.Run();
        Assert.Equal("text\n", scenario.Last.Output);
        Assert.Equal("its standard input is handed on (--stdin), so nobody knows what it would read",
            scenario.Refusal());
    }

    [SkippableFact]
    public void OutputOfBothStreams_IsReplayedInOrder()
    {
        using var scenario = new RunScenario("sh", "-c",
            "echo 1; sleep 0.05; echo 2 >&2; sleep 0.05; echo 3; printf '\\377\\0x'")
        {
            Launcher = ["sh", "-c", "exec \"$@\" 2>&1", "sh"],
            Options = ["--quiet"],
        };
        string first = CommandRunner.Run(scenario.Directory.Work, scenario.CommandLine).Output;
        Assert.StartsWith("1\n2\n3\n", first, StringComparison.Ordinal);
        Assert.Equal(first, CommandRunner.Run(scenario.Directory.Work, scenario.CommandLine).Output);
    }

    // The one who changes it is no child of the command, so it is no work of the step. Nor is the answer, which would
    // be the first reason.
    private static RunScenario ReadsIn()
    {
        var scenario = new RunScenario("sh", "-c",
            "cat in > out; : > started; until [ -s answer ]; do sleep 0.01; done") { Options = ["--ignore", "answer"] };
        scenario.Directory.Write("in", "text\n");
        return scenario;
    }

    private static CommandResult RunWhile(RunScenario scenario, Action change)
    {
        using Process process = scenario.Start(until: "started");
        change();
        scenario.Directory.Write("answer", "go\n");
        return CommandRunner.Finish(process, scenario.Command);
    }
}
