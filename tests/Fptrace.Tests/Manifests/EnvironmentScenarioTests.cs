using Fptrace.Caching;
using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>The environment of real commands, by the verdict.</summary>
public sealed class EnvironmentScenarioTests
{
    [SkippableTheory]
    [InlineData("FOO")]
    [InlineData("GOOS")]
    [InlineData("HOME")]
    [InlineData("NUGET_PACKAGES")]
    [InlineData("NODE_ENV")]
    public void AnyVariableChanged_Runs(string name)
    {
        using var scenario = new RunScenario("sh", "-c", $"echo ${name} > out") { Launcher = ["env", $"{name}=/a"] };
        scenario.RunTwice();
        scenario.Launcher = ["env", $"{name}=/b"];
        scenario.RunsBecause($"{name} changed");
        Assert.Equal("/b\n", File.ReadAllText(scenario.Directory.Path("out")));
        scenario.Launcher = ["env", "-u", name];
        scenario.RunsBecause($"{name} is no longer set");
    }

    [SkippableFact]
    public void VariableOfTheMakefile_Runs()
    {
        Requires.Program("make");
        using var scenario = new RunScenario("make", "-s") { Launcher = ["env", "CONFIG=a"] };
        scenario.Directory.Write("Makefile", "out: force\n\techo $(CONFIG) > out\nforce:\n");
        scenario.RunTwice();
        scenario.Launcher = ["env", "CONFIG=b"];
        scenario.RunsBecause("CONFIG changed");
        Assert.Equal("b\n", File.ReadAllText(scenario.Directory.Path("out")));
    }

    [SkippableFact]
    public void OtherTerminal_Skips_AndTheCommandDoesNotSeeIt()
    {
        using var scenario = new RunScenario("sh", "-c",
            "echo $WINDOWID$TERM_PROGRAM > out") { Launcher = ["env", "WINDOWID=1", "TERM_PROGRAM=a", "SHLVL=1"] };
        scenario.RunTwice();
        Assert.Equal("\n", File.ReadAllText(scenario.Directory.Path("out")));
        scenario.Launcher = ["env", "WINDOWID=2", "SHLVL=3", "OLDPWD=/"];
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableFact]
    public void IgnoredVariableChanged_Skips()
    {
        using var scenario = new RunScenario("sh", "-c", "echo $NOISE > out") { Options = ["--env-ignore", "NOI*"],
            Launcher = ["env", "NOISE=1"] };
        scenario.RunTwice();
        Assert.Equal("1\n", File.ReadAllText(scenario.Directory.Path("out")));
        scenario.Launcher = ["env", "NOISE=2"];
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        scenario.Options = [];
        scenario.RunsBecause("the ignored variables are others: NOI* → none");
    }

    [SkippableFact]
    public void Strict_CommandGetsWhatIsListed_AndNothingElseCounts()
    {
        using var scenario = new RunScenario("sh", "-c", "echo $FLAVOUR,$NOISE,$HOME,$TERM > out")
        {
            Options = ["--env-mode", "strict", "--env", "FLAVOUR"],
            Launcher = ["env", "FLAVOUR=sweet", "NOISE=1"],
        };
        scenario.RunTwice();
        Assert.Equal("sweet,,,dumb\n", File.ReadAllText(scenario.Directory.Path("out")));
        scenario.Launcher = ["env", "FLAVOUR=sweet", "NOISE=2", "HOME=/elsewhere"];
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        scenario.Launcher = ["env", "FLAVOUR=sour"];
        scenario.RunsBecause("FLAVOUR changed");
    }

    [SkippableFact]
    public void Strict_PassedVariable_ReachesTheCommandAndDoesNotCount()
    {
        using var scenario = new RunScenario("sh", "-c",
            "echo $TOKEN > out") { Options = ["--env-mode=strict", "--env-pass", "TOKEN"],
            Launcher = ["env", "TOKEN=1"] };
        scenario.RunTwice();
        Assert.Equal("1\n", File.ReadAllText(scenario.Directory.Path("out")));
        scenario.Launcher = ["env", "TOKEN=2"];
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableFact]
    public void Strict_LargeEnvironment_ReachesTheCommandWhole()
    {
        string large = new('x', 100_000);
        using var scenario = new RunScenario("sh", "-c",
            "echo $A$B | wc -c") { Options = ["--env-mode=strict", "--env", "A", "--env", "B"],
            Launcher = ["env", "A=" + large, "B=" + large] };
        scenario.RunTwice();
        Assert.Equal("200001\n", scenario.Last.Output);
    }

    [SkippableFact]
    public void Strict_InsideAnotherRun_HoldsToo()
    {
        string inner = string.Join(' ',
            [.. FptraceExecutable.Command, "run", "--no-config", "-q", "--env-mode=strict", "--", "sh", "-c",
            "'echo \"[$NOISE]\"'"]);
        using var scenario = new RunScenario("sh", "-c", $"NOISE=1 {inner}");
        scenario.Run();
        Assert.Equal("[]\n", scenario.Last.Output);
    }

    [SkippableFact]
    public void Listed_OtherVariableChanged_Skips()
    {
        using var scenario = new RunScenario("cp", "in", "out") { Options = ["--env-mode", "listed"] };
        scenario.Directory.Write("in", "text\n");
        scenario.RunTwice();
        scenario.Launcher = ["env", "IRRELEVANT=1"];
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        scenario.Options = [];
        Assert.StartsWith("environment mode: listed → all", scenario.Run(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void UnknownMode_IsNamed()
    {
        using var directory = new WorkDirectory();
        CommandResult result = CommandRunner.Run(directory.Work,
            [.. FptraceExecutable.Command, "run", "--env-mode", "some", "true"]);
        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Contains("--env-mode does not know 'some'; use all, strict or listed", result.Error,
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Cache_OtherEnvironment_IsAMiss_AndTheFormerOneAHit()
    {
        using var cached = new CachedRun();
        string[] options = [.. new[] { "--env-ignore", "XDG_STATE_HOME" }];
        CommandResult Run(string value, string state) => CommandRunner.Run(
            cached.Root,
            ["env", $"FOO={value}", $"XDG_STATE_HOME={cached.Store}.{state}", .. cached.Prefix, .. options, "--", "sh",
            "-c", "echo $FOO > out"]);
        CommandResult first = Run("1", "a");
        Requires.That(first.ExitCode != ExitCodes.TracingDenied, $"needs tracing: {first.Error}");
        Assert.Contains(
            "run: FOO changed; not in the cache: the cache knows no run of this command with this environment",
            Run("2", "a").Error, StringComparison.Ordinal);
        CachedRun.AssertHit(Run("1", "a"));
        Assert.Equal("1\n", cached.Read("out"));

        // Another user has another key, and shares the result all the same.
        CachedRun.AssertHit(Run("2", "b"));
        CachedRun.AssertSkipped(Run("2", "b"));
        cached.AssertSound();
    }

    [SkippableFact]
    public void Check_ComparesTheEnvironmentOfNow_UnlessToldNot()
    {
        using var scenario = new RunScenario("true") { Launcher = ["env", "FOO=1"] };
        scenario.RunTwice();
        CommandResult Explain(params string[] options) =>
            CommandRunner.Run("/",
                ["env", "FOO=2", .. FptraceExecutable.Command, "explain", .. options, scenario.Manifest]);
        Assert.Equal("FOO changed\n", Explain().Output);
        Assert.Equal(0, Explain("--no-env").ExitCode);
    }
}
