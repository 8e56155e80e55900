using Fptrace.Engine;
using Fptrace.Manifests.Checking;
using Fptrace.Manifests.Format;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>A step runs again and leaves what it made before as it was: it is its output still.</summary>
public sealed class KeptOutputScenarioTests
{
    private const string WriteIfChanged = "[ \"$(cat out 2> /dev/null)\" = \"$(sort in)\" ] || sort in > out";

    [SkippableTheory]
    [InlineData("sort in -o out")]
    [InlineData(WriteIfChanged)]
    [InlineData("cat in > /dev/null; touch out")]
    [InlineData("cat in > /dev/null; cp -u made out")]
    [InlineData("cat in > /dev/null; install -C -m 644 made out")]
    [InlineData("cat in > /dev/null; [ -e out ] || echo made > out")]
    [InlineData("cat in > /dev/null; mkdir -p out")]
    [InlineData("cat in > /dev/null; [ -L out ] || ln -s made out")]
    [InlineData("cat in > /dev/null; mkdir -p out; ls out")]
    [InlineData("cat in > /dev/null; cp made out; cat made 1<> out")]
    public void RunsAgainAndLeavesItAsItWas_StaysAnOutput(string script)
    {
        using var scenario = Scenario(script);
        scenario.RunTwice();
        Assert.Equal("out", Only(scenario));

        scenario.Directory.Write("in", "a\nb\n");
        scenario.RunsBecause("input changed: in");

        Assert.Equal("out", Only(scenario));
        CommandRunner.Run(scenario.Directory.Work, ["rm", "-r", "out"]);
        Assert.EndsWith("missing: out", scenario.Run(), StringComparison.Ordinal);
        Assert.Equal("out", Only(scenario));
    }

    [SkippableFact]
    public void MakeWithNothingToDo_KeepsAllThatItFound()
    {
        Requires.Program("make");
        using var scenario = new RunScenario("make", "-s");
        scenario.Directory.Write("Makefile", "app: a.o b.o\n\tcat a.o b.o > app\n%.o: %.c\n\tcp $< $@\n");
        scenario.Directory.Write("a.c", "a");
        scenario.Directory.Write("b.c", "b");
        scenario.RunTwice();
        scenario.Directory.Write("b.c", "c");
        scenario.RunsBecause("input changed: b.c");
        Assert.Equal(["a.o", "app", "b.o"], Outputs(scenario));

        Assert.Equal("it is forced", Force(scenario));

        Assert.Equal(["a.o", "app", "b.o"], Outputs(scenario));
        File.Delete(scenario.Directory.Path("a.o"));
        scenario.RunsBecause("directory lost: a.o");
    }

    [SkippableTheory]
    [InlineData("exit 3", 3)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("echo x > gone; rm gone; touch again; exit 1", 1)]
    public void RunBetweenThatDoesNotCount_KeepsTheOutput(string end, int exitCode)
    {
        using var scenario =
            Scenario($"cat in > /dev/null; [ -e out ] || echo made > out; [ ! -e fail ] || {{ {end}; }}");
        scenario.RunTwice();
        scenario.Directory.Write("fail", "");
        scenario.Run(exitCode);
        Assert.Contains("out", Outputs(scenario));
        Assert.False(scenario.Recorded().Passes);
        File.Delete(scenario.Directory.Path("fail"));

        scenario.Run();

        Assert.Equal("out", Only(scenario));
    }

    [SkippableFact]
    public void MadeByARunThatFailed_AndFoundByTheNext_IsAnOutput()
    {
        using var scenario = Scenario("[ -e one ] || cp in one; cp bad two");
        scenario.Run(exitCode: 1);
        scenario.Directory.Write("bad", "good\n");

        scenario.RunsBecause("the last run failed with exit code 1");

        Assert.Equal(["one", "two"], Outputs(scenario));
    }

    [SkippableFact]
    public void KilledBeforeItsEnd_TheOutputsAreRemembered()
    {
        using var scenario = Scenario(WriteIfChanged);
        scenario.RunTwice();
        Manifest counted = scenario.Recorded();

        // As it stands while the command runs.
        ManifestFile.Save(scenario.Manifest,
            new Manifest
            {
                Step = counted.Step,
                ExitCode = 0,
                Refusals = ["the last run did not come to its end"],
                Outputs = counted.Outputs,
            });

        scenario.RunsBecause("the last run did not come to its end");
        Assert.Equal("out", Only(scenario));
    }

    [SkippableFact]
    public void ChangedBySomebodyElse_IsAnInput()
    {
        using var scenario = Scenario("cat in > /dev/null; [ -e out ] || echo made > out");
        scenario.RunTwice();
        scenario.Directory.Write("out", "mine\n");
        scenario.RunsBecause("output modified: out");
        Assert.Empty(Outputs(scenario));
        scenario.Directory.Write("out", "other\n");
        scenario.RunsBecause("input changed: out");
    }

    [SkippableFact]
    public void CommandBecomesAnother_ItsOutputsAreInputs()
    {
        using var scenario = Scenario("cat in > /dev/null; [ -e out ] || echo made > out");
        scenario.RunTwice();
        scenario.Command = [.. scenario.Command, "word"];
        scenario.Run();
        Assert.Empty(Outputs(scenario));
    }

    [SkippableFact]
    public void EnvironmentBecomesAnother_OutputsStay()
    {
        using var scenario = Scenario("cat in > /dev/null; [ -e out ] || echo made > out");
        scenario.RunTwice();
        scenario.Launcher = ["env", "CFLAGS=-O1"];
        Assert.NotEqual(RunScenario.Skipped, scenario.Run());
        Assert.Equal("out", Only(scenario));
    }

    [SkippableFact]
    public void NoLongerUsed_IsNoOutput()
    {
        using var scenario = Scenario("[ -e once ] || { echo made > out; echo x > once; }");
        scenario.RunTwice();
        Assert.Equal(["once", "out"], Outputs(scenario));
        Assert.Equal("it is forced", Force(scenario));
        Assert.Equal("once", Only(scenario));
    }

    [SkippableFact]
    public void DirectoryThatIsListedAndKept_IsMissedOnce()
    {
        using var scenario = Scenario("cat in > /dev/null; mkdir -p out; ls out");
        scenario.RunTwice();
        scenario.Directory.Write("in", "x");
        scenario.RunsBecause("input changed: in");
        Directory.Delete(scenario.Directory.Path("out"));

        CheckResult result = UpToDateCheck.Check(scenario.Recorded(), options: new CheckPlan { All = true });

        Assert.Equal(["directory missing: out"], result.Differences.Select(difference => difference.Text));
    }

    [SkippableFact]
    public void Verify_KeptOutput_StaysWhereItWas()
    {
        using var scenario = Scenario("cat in > two; [ -e out ] || echo made > out");
        scenario.RunTwice();
        scenario.Options = ["--verify"];
        Assert.Equal("it is forced", Verified(scenario));
        Assert.Equal(["out", "two"], Outputs(scenario));
        Assert.True(File.Exists(scenario.Directory.Path("out")));
    }

    private static string Verified(RunScenario scenario)
    {
        string reason = scenario.Run();
        Assert.Contains("verified: two runs made the same 2 outputs", scenario.Last.Error, StringComparison.Ordinal);
        return reason;
    }

    private static string Force(RunScenario scenario)
    {
        scenario.Options = ["--force"];
        string reason = scenario.Run();
        scenario.Options = [];
        return reason;
    }

    private static string[] Outputs(RunScenario scenario) =>
        [.. scenario.Recorded().Outputs.Select(output => output.Path.ToString())];

    private static string Only(RunScenario scenario) => Assert.Single(Outputs(scenario));

    private static RunScenario Scenario(string script)
    {
        var scenario = new RunScenario("sh", "-c", script);
        scenario.Directory.Write("in", "b\na\n");
        scenario.Directory.Write("made", "made\n");
        return scenario;
    }
}
