using Fptrace.Engine;
using Fptrace.Posix;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>What a step depends on: each scenario with a real command, by its verdict.</summary>
public sealed class InputScenarioTests
{
    [SkippableFact]
    public void Unchanged_Skips()
    {
        using var scenario = new RunScenario("sh", "-c", "cat in > out; echo said; echo complained >&2");
        scenario.Directory.Write("in", "text\n");
        scenario.RunTwice();
        Assert.Equal("said\n", scenario.Last.Output);
        Assert.Contains("complained\n", scenario.Last.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void InputTouched_SkipsAndRefreshes()
    {
        using var scenario = new RunScenario("cp", "in", "out");
        scenario.Directory.Write("in", "text\n");
        scenario.RunTwice();
        File.SetLastWriteTimeUtc(scenario.Directory.Path("in"), DateTime.UtcNow.AddMinutes(-1));
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        long now = (File.GetLastWriteTimeUtc(scenario.Directory.Path("in")) - DateTime.UnixEpoch).Ticks * 100;
        FileTimes Stamp() =>
            scenario.Recorded().Observations.Single(observation => observation.Path.ToString() == "in").State.Stamp;

        // A change of the last milliseconds proves nothing yet, and is read once more.
        for (int attempt = 0; attempt < 100 && Stamp().IsEmpty; attempt++)
        {
            Thread.Sleep(20);
            Assert.Equal(RunScenario.Skipped, scenario.Run());
        }

        Assert.Equal(now, Stamp().ModifiedNs);
    }

    [SkippableFact]
    public void InputChanged_Runs()
    {
        using var scenario = new RunScenario("cp", "in", "out");
        scenario.Directory.Write("in", "text\n");
        scenario.RunTwice();
        scenario.Directory.Write("in", "TEXT\n");
        scenario.RunsBecause("input changed: in");
        Assert.Equal("TEXT\n", File.ReadAllText(scenario.Directory.Path("out")));
    }

    [SkippableFact]
    public void InputChangedWithItsOldTime_Runs()
    {
        using var scenario = new RunScenario("cp", "in", "out");
        scenario.Directory.Write("in", "text\n");
        scenario.RunTwice();
        DateTime time = File.GetLastWriteTimeUtc(scenario.Directory.Path("in"));
        scenario.Directory.Write("in", "TEXT\n");
        File.SetLastWriteTimeUtc(scenario.Directory.Path("in"), time);
        scenario.RunsBecause("input changed: in");
    }

    [SkippableFact]
    public void InputRemoved_Runs()
    {
        using var scenario = new RunScenario("sh", "-c", "cat in extra 2>&1 > out || :");
        scenario.Directory.Write("in", "text\n");
        scenario.Directory.Write("extra", "more\n");
        scenario.RunTwice();
        File.Delete(scenario.Directory.Path("extra"));
        scenario.RunsBecause("input missing: extra");
    }

    [SkippableFact]
    public void ModeOfInputChanged_Runs()
    {
        using var scenario = new RunScenario("sh", "-c", "test -x in && echo yes > out || echo no > out");
        scenario.Directory.Write("in", "text\n");
        File.SetUnixFileMode(scenario.Directory.Path("in"), (UnixFileMode)0b110_100_100);
        scenario.RunTwice();
        File.SetUnixFileMode(scenario.Directory.Path("in"), (UnixFileMode)0b111_101_101);
        scenario.RunsBecause("input mode changed: in: 0644 → 0755");
    }

    [SkippableFact]
    public void HeaderAppearsEarlierOnTheIncludePath_Runs()
    {
        Requires.Program("gcc");
        using var scenario = new RunScenario("gcc", "-Iearly", "-Ilate", "-c", "a.c", "-o", "a.o");
        Directory.CreateDirectory(scenario.Directory.Path("early"));
        Directory.CreateDirectory(scenario.Directory.Path("late"));
        scenario.Directory.Write("a.c", "#include \"a.h\"\nint a = A;\n");
        scenario.Directory.Write("late/a.h", "#define A 1\n");
        scenario.RunTwice();
        scenario.Directory.Write("early/a.h", "#define A 2\n");
        scenario.RunsBecause("now exists: early/a.h");
        scenario.Directory.Write("late/a.h", "#define A 3\n");
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableTheory]
    [InlineData("ls", "gen")]
    [InlineData("python3", "-I", "-S", "-c", "import glob; print(sorted(glob.glob('gen/*')))")]
    public void FileAddedToListedDirectory_Runs(params string[] command)
    {
        Requires.Program(command[0]);
        using var scenario = new RunScenario(command);
        Directory.CreateDirectory(scenario.Directory.Path("gen"));
        scenario.Directory.Write("gen/a", "");
        scenario.RunTwice();
        scenario.Directory.Write("gen/b", "");
        scenario.RunsBecause("directory gained: gen/b");
        File.Delete(scenario.Directory.Path("gen/a"));
        scenario.RunsBecause("directory lost: gen/a");
    }

    [SkippableFact]
    public void ContentChangedInListedDirectory_Skips()
    {
        using var scenario = new RunScenario("ls", "gen");
        Directory.CreateDirectory(scenario.Directory.Path("gen"));
        scenario.Directory.Write("gen/a", "1");
        scenario.RunTwice();
        scenario.Directory.Write("gen/a", "2");
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableFact]
    public void OwnOutputsInListedDirectory_Skip()
    {
        using var scenario = new RunScenario("sh", "-c",
            "ls > list; echo x > temporary; ls >> list; rm temporary; mkdir -p made; echo y > made/file");
        scenario.Directory.Write("in", "");
        scenario.RunTwice();
    }

    [SkippableTheory]
    [InlineData("link/in", "link")]
    [InlineData("link", "link")]
    public void SymlinkRetargeted_Runs(string path, string link)
    {
        using var scenario = new RunScenario("sh", "-c", $"cat {path} > out 2> err || ls {path} > out");
        foreach (string name in new[] { "one", "two" })
        {
            Directory.CreateDirectory(scenario.Directory.Path(name));
            scenario.Directory.Write(name + "/in", "the same\n");
        }

        File.CreateSymbolicLink(scenario.Directory.Path(link), "one");
        scenario.RunTwice();
        File.Delete(scenario.Directory.Path(link));
        File.CreateSymbolicLink(scenario.Directory.Path(link), "two");
        scenario.RunsBecause("link changed: link: one → two");
    }

    [SkippableFact]
    public void SymlinkOfSymlinkRetargeted_Runs()
    {
        using var scenario = new RunScenario("cp", "first", "out");
        scenario.Directory.Write("one", "1\n");
        scenario.Directory.Write("two", "2\n");
        File.CreateSymbolicLink(scenario.Directory.Path("second"), "one");
        File.CreateSymbolicLink(scenario.Directory.Path("first"), "second");
        scenario.RunTwice();
        File.Delete(scenario.Directory.Path("second"));
        File.CreateSymbolicLink(scenario.Directory.Path("second"), "two");
        scenario.RunsBecause("link changed: second: one → two");
        Assert.Equal("2\n", File.ReadAllText(scenario.Directory.Path("out")));
    }

    [SkippableFact]
    public void DanglingLinkGetsItsTarget_Runs()
    {
        using var scenario = new RunScenario("sh", "-c", "cat link > out 2>&1 || :");
        File.CreateSymbolicLink(scenario.Directory.Path("link"), "target");
        scenario.RunTwice();
        scenario.Directory.Write("target", "");
        scenario.RunsBecause("now exists: target");
    }

    [SkippableFact]
    public void ExecutableUpgraded_Runs()
    {
        using var scenario = new RunScenario("./tool");
        scenario.Directory.WriteExecutable("tool", "#!/bin/sh\necho one > out\n");
        scenario.RunTwice();
        scenario.Directory.WriteExecutable("tool", "#!/bin/sh\necho two > out\n");
        scenario.RunsBecause("input changed: tool");
    }

    [SkippableFact]
    public void ShebangInterpreterChanged_Runs()
    {
        using var scenario = new RunScenario("./script");
        scenario.Directory.WriteExecutable("interpreter", "#!/bin/sh\ncp \"$1\" out\n");
        scenario.Directory.WriteExecutable("script", $"#!{scenario.Directory.Path("interpreter")}\n");
        scenario.RunTwice();
        scenario.Directory.WriteExecutable("interpreter", "#!/bin/sh\ncat \"$1\" > out\n");
        scenario.RunsBecause("input changed: interpreter");
    }

    /// <summary>The kernel looks for it from where the process stands, link by link.</summary>
    [SkippableTheory]
    [InlineData("cd place; ../script")]
    [InlineData("cd place; ../outer")]
    [InlineData("cd place; ../script-of-nothing; echo ran")]
    public void RelativeShebangLeadsElsewhere_Runs(string script)
    {
        using var scenario = new RunScenario("sh", "-c", script);
        foreach (string version in new[] { "one", "two" })
        {
            Directory.CreateDirectory(scenario.Directory.Path($"place/{version}/sub"));
            scenario.Directory.WriteExecutable($"place/{version}/interpreter", $"#!/bin/sh\necho {version}\n");
        }

        Directory.CreateSymbolicLink(scenario.Directory.Path("place/current"), "one/sub");
        scenario.Directory.WriteExecutable("script", "#!current/../interpreter\n");
        scenario.Directory.WriteExecutable("outer", "#!../script\n");
        scenario.Directory.WriteExecutable("script-of-nothing", "#!current/../nothing\n");
        scenario.RunTwice();
        Directory.Delete(scenario.Directory.Path("place/current"));
        Directory.CreateSymbolicLink(scenario.Directory.Path("place/current"), "two/sub");
        scenario.RunsBecause("link changed: place/current: one/sub → two/sub");
    }

    [SkippableFact]
    public void ProgramAppearsEarlierInPath_Runs()
    {
        using var scenario = new RunScenario("tool");
        foreach (string name in new[] { "early", "late" })
        {
            Directory.CreateDirectory(scenario.Directory.Path(name));
        }

        scenario.Launcher = ["env",
            $"PATH={scenario.Directory.Path("early")}:{scenario.Directory.Path("late")}:/bin:/usr/bin:{Environment.GetEnvironmentVariable("PATH")}"];
        scenario.Directory.WriteExecutable("late/tool", "#!/bin/sh\necho late\n");
        scenario.RunTwice();
        scenario.Directory.WriteExecutable("early/tool", "#!/bin/sh\necho early\n");
        scenario.RunsBecause("now exists: early/tool");
        Assert.Equal("early\n", scenario.Last.Output);
    }

    [SkippableFact]
    public void FileThatIsOnlyLookedAtChanges_Runs()
    {
        Requires.Program("make");
        using var scenario = new RunScenario("make", "-s");
        scenario.Directory.Write("Makefile", "out: in\n\tcp in out\n");
        scenario.Directory.Write("in", "1\n");
        Assert.Equal(0, CommandRunner.Run(scenario.Directory.Work, ["make", "-s"]).ExitCode);

        // This make reads nothing: it only compares times.
        scenario.RunTwice();
        scenario.Directory.Write("in", "2\n");
        File.SetLastWriteTimeUtc(scenario.Directory.Path("in"), DateTime.UtcNow.AddSeconds(1));
        Assert.Equal("input changed: in", scenario.Run());
        Assert.Equal("2\n", File.ReadAllText(scenario.Directory.Path("out")));
    }

    [SkippableFact]
    public void StandardInputFromFile_IsAnInput()
    {
        using var scenario = new RunScenario("cp", "/dev/stdin", "out");
        scenario.Directory.Write("in", "1\n");
        scenario.Launcher = ["sh", "-c", "exec \"$@\" < in", "sh"];
        scenario.RunTwice();
        scenario.Directory.Write("in", "2\n");
        Assert.Equal("input changed: in", scenario.Run());
    }
}
