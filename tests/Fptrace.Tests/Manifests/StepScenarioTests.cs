using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>Command, environment and options: each scenario with a real command, by its verdict.</summary>
public sealed class StepScenarioTests
{
    [SkippableFact]
    public void ArgumentChanged_Runs()
    {
        Requires.Program("gcc");
        using var scenario = new RunScenario("gcc", "-c", "a.c", "-O2");
        scenario.Directory.Write("a.c", "int a;\n");
        scenario.RunTwice();
        scenario.Command = ["gcc", "-c", "a.c", "-O3"];
        scenario.RunsBecause("argument 3: -O2 → -O3");
    }

    [SkippableFact]
    public void TrackedEnvironmentChanged_Runs()
    {
        using var scenario = new RunScenario("sh", "-c", "echo $FLAVOUR > out") { Options = ["--env", "FLAVOUR"] };
        scenario.Launcher = ["env", "FLAVOUR=sweet"];
        scenario.RunTwice();
        scenario.Launcher = ["env", "FLAVOUR=sour"];
        scenario.RunsBecause("FLAVOUR changed");
        scenario.Launcher = ["env", "-u", "FLAVOUR"];
        scenario.RunsBecause("FLAVOUR is no longer set");
    }

    [SkippableFact]
    public void EnvironmentTrackedByDefaultChanged_Runs()
    {
        using var scenario = new RunScenario("sh", "-c", "echo $CFLAGS > out");
        scenario.RunTwice();
        scenario.Launcher = ["env", "CFLAGS=-O2"];
        scenario.RunsBecause("CFLAGS is now set");
    }

    [SkippableFact]
    public void SecretValue_IsNotInTheManifest()
    {
        using var scenario = new RunScenario("true") { Options = ["--env", "TOKEN"],
            Launcher = ["env", "TOKEN=hush-hush"] };
        scenario.RunTwice();
        Assert.DoesNotContain("hush-hush", File.ReadAllText(scenario.Manifest), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void CompoundShellCommand_DependsOnAllOfItsParts()
    {
        using var scenario = new RunScenario("sh", "-c",
            "sort in | uniq > sorted && (cd sub && tr a-z A-Z < ../sorted > upper); wc -l sub/upper");
        Directory.CreateDirectory(scenario.Directory.Path("sub"));
        scenario.Directory.Write("in", "b\na\nb\n");
        scenario.RunTwice();
        Assert.Equal(["sorted", "sub/upper"], scenario.Recorded().Outputs.Select(output => output.Path.ToString()));
        scenario.Directory.Write("in", "c\na\nb\n");
        scenario.RunsBecause("input changed: in");
        Assert.Equal("A\nB\nC\n", File.ReadAllText(scenario.Directory.Path("sub/upper")));
    }

    [SkippableFact]
    public void IgnoredInput_Skips()
    {
        using var scenario = new RunScenario("sh", "-c",
            "cat in noise.log > out; ls > list") { Options = ["--ignore", "*.log"] };
        scenario.Directory.Write("in", "text\n");
        scenario.Directory.Write("noise.log", "1\n");
        scenario.RunTwice();
        scenario.Directory.Write("noise.log", "2\n");
        scenario.Directory.Write("other.log", "2\n");
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableFact]
    public void IgnoredNamesChanged_Runs()
    {
        using var scenario = new RunScenario("true");
        scenario.RunTwice();
        scenario.Options = ["--ignore", "*.log"];
        scenario.RunsBecause("the ignored names are others: now *.log");
    }

    [SkippableFact]
    public void Extra_MakesAnotherStep()
    {
        using var scenario = new RunScenario("true") { Options = ["--extra", "1"] };
        scenario.RunTwice();
        scenario.Options = ["--extra", "2"];
        scenario.RunsBecause("extra: 1 → 2");
    }

    [SkippableFact]
    public void CommandText_StandsForTheWords()
    {
        using var scenario = new RunScenario("sh",
            "random-1") { Options = ["--command-text", "the step", "--ignore", "random-*"] };
        scenario.Directory.Write("random-1", "cp in out\n");
        scenario.Directory.Write("random-2", "cp in out\n");
        scenario.Directory.Write("in", "text\n");
        scenario.RunTwice();
        scenario.Command = ["sh", "random-2"];
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableFact]
    public void Force_RunsInAnyCase()
    {
        using var scenario = new RunScenario("true");
        scenario.RunTwice();
        scenario.Options = ["--force"];
        Assert.Equal("it is forced", scenario.Run());
    }

    [SkippableFact]
    public void Configuration_IsReadBesideTheProject()
    {
        using var directory = new WorkDirectory();
        directory.Write("fptrace.json", """{ "$schema": "x", "ignore": ["*.log"], "env": ["FLAVOUR"], "quiet": false }""");
        Directory.CreateDirectory(directory.Path("sub"));
        directory.Write("sub/in.log", "1\n");
        string[] command = [.. FptraceExecutable.Command, "run", "sh", "-c", "cat in.log > out"];
        CommandResult result = CommandRunner.Run(directory.Path("sub"), command);
        Requires.That(result.ExitCode != ExitCodes.TracingDenied, $"needs ptrace: {result.Error}");
        directory.Write("sub/in.log", "2\n");
        result = CommandRunner.Run(directory.Path("sub"), command);
        Assert.StartsWith("fptrace: up to date, not run: sh -c cat in.log > out", result.Error,
            StringComparison.Ordinal);

        // The root is the configuration's directory, and so is the place of the manifest.
        Assert.Single(Directory.GetFiles(directory.Path(".fptrace"), "*.json"));
        Assert.Equal("*\n", File.ReadAllText(directory.Path(".fptrace/.gitignore")));
    }

    [SkippableTheory]
    [InlineData("{ \"ignored\": [] }", "unknown property ignored; did you mean ignore?")]
    [InlineData("{ \"ignore\": \"x\" }", "ignore must be an array of strings")]
    [InlineData("{ \"quiet\": 1 }", "quiet must be true or false")]
    [InlineData("{ \n oops", "no JSON at line 2")]
    [InlineData("[]", "the file must be an object")]
    public void WrongConfiguration_IsNamed(string text, string message)
    {
        using var directory = new WorkDirectory();
        directory.Write("fptrace.json", text);
        CommandResult result = CommandRunner.Run(directory.Work, [.. FptraceExecutable.Command, "run", "true"]);
        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void DirectoryWhoseNameIsNoText_HasItsManifest()
    {
        using var directory = new WorkDirectory();
        string script =
            "mkdir \"$(printf 'a\\377b')\" && cd a*b && echo text > in && for i in 1 2; do \"$@\" run --root . cp in "
                + "out || exit; done";
        CommandResult result = CommandRunner.Run(directory.Work,
            ["sh", "-c", script, "sh", .. FptraceExecutable.Command]);
        Requires.That(result.ExitCode != ExitCodes.TracingDenied, $"needs ptrace: {result.Error}");
        Assert.Contains("fptrace: up to date, not run: cp in out", result.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void PlaceThatCannotBeWritten_TheCommandRunsAndThatIsSaidOnce()
    {
        using var directory = new WorkDirectory();
        directory.Write("file", "");
        CommandResult result = CommandRunner.Run(directory.Work,
            [.. FptraceExecutable.Command, "run", "--manifest", "file/step.json", "touch", "ran"]);
        Requires.That(result.ExitCode != ExitCodes.TracingDenied, $"needs ptrace: {result.Error}");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains(
            "fptrace: it will run again: no manifest can be kept at file/step.json: Not a directory; name another "
                + "place with --manifest FILE\n", result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.Split('\n'), line => line.Contains("it will run again", StringComparison.Ordinal));
        Assert.True(File.Exists(directory.Path("ran")));
    }

    [SkippableFact]
    public void Quiet_SaysNothing()
    {
        using var directory = new WorkDirectory();
        for (int i = 0; i < 2; i++)
        {
            CommandResult result = CommandRunner.Run(directory.Work,
                [.. FptraceExecutable.Command, "run", "--quiet", "echo", "text"]);
            Requires.That(result.ExitCode != ExitCodes.TracingDenied, $"needs ptrace: {result.Error}");
            Assert.Equal(("text\n", ""), (result.Output, result.Error));
        }
    }

    [SkippableFact]
    public void CommandCalledLikeAVerb_IsTraced()
    {
        using var directory = new WorkDirectory();
        directory.WriteExecutable("run", "#!/bin/sh\necho mine\n");
        CommandResult result = CommandRunner.Run(directory.Work,
            ["env", $"PATH={directory.Work}:/bin:/usr/bin:{Environment.GetEnvironmentVariable("PATH")}",
            .. FptraceExecutable.Command, "--", "run"]);
        Requires.That(result.ExitCode != ExitCodes.TracingDenied, $"needs ptrace: {result.Error}");
        Assert.Equal("mine\n", result.Output);
    }
}
