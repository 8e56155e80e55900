using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>What a step makes, changes and removes: each scenario with a real command, by its verdict.</summary>
public sealed class OutputScenarioTests
{
    [SkippableFact]
    public void OutputDeleted_Runs()
    {
        using var scenario = Copy();
        File.Delete(scenario.Directory.Path("out"));
        scenario.RunsBecause("output missing: out");
        Assert.True(File.Exists(scenario.Directory.Path("out")));
    }

    [SkippableFact]
    public void OutputModified_Runs()
    {
        using var scenario = Copy();
        scenario.Directory.Write("out", "TEXT\n");
        scenario.RunsBecause("output modified: out");
    }

    /// <summary>Of all that is below /dev only this holds files.</summary>
    [SkippableFact]
    public void FilesInSharedMemory_CountAsOthers()
    {
        Requires.That(Directory.Exists("/dev/shm"), "needs /dev/shm");
        DirectoryInfo memory = Directory.CreateDirectory("/dev/shm/fptrace-" + Guid.NewGuid().ToString("N"));
        try
        {
            string source = Path.Combine(memory.FullName, "in");
            string output = Path.Combine(memory.FullName, "out");
            File.WriteAllText(source, "text\n");
            using var scenario = new RunScenario("cp", source, output);
            scenario.RunTwice();
            File.Delete(output);
            scenario.RunsBecause("output missing: " + output);
            File.WriteAllText(source, "TEXT\n");
            scenario.RunsBecause("input changed: " + source);
        }
        finally
        {
            memory.Delete(recursive: true);
        }
    }

    [SkippableFact]
    public void OutputTouched_Skips()
    {
        using var scenario = Copy();
        File.SetLastWriteTimeUtc(scenario.Directory.Path("out"), DateTime.UtcNow.AddMinutes(-1));
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableFact]
    public void OutputReplacedByDirectory_Runs()
    {
        using var scenario = new RunScenario("sh", "-c", "rm -rf out; cp in out");
        scenario.Directory.Write("in", "text\n");
        scenario.RunTwice();
        File.Delete(scenario.Directory.Path("out"));
        Directory.CreateDirectory(scenario.Directory.Path("out"));
        scenario.RunsBecause("output replaced by a directory: out");
        Assert.True(File.Exists(scenario.Directory.Path("out")));
    }

    [SkippableFact]
    public void ModeOfOutputChanged_Runs()
    {
        using var scenario = new RunScenario("sh", "-c", "echo text > out; chmod 755 out");
        scenario.RunTwice();
        File.SetUnixFileMode(scenario.Directory.Path("out"), (UnixFileMode)0b110_100_100);
        scenario.RunsBecause("output mode changed: out: 0755 → 0644");
    }

    [SkippableFact]
    public void LinkOutputRetargeted_Runs()
    {
        using var scenario = new RunScenario("ln", "-sf", "one", "out");
        scenario.RunTwice();
        File.Delete(scenario.Directory.Path("out"));
        File.CreateSymbolicLink(scenario.Directory.Path("out"), "two");
        scenario.RunsBecause("output modified: out");
    }

    [SkippableFact]
    public void DirectoryOutputDeleted_Runs()
    {
        using var scenario = new RunScenario("mkdir", "-p", "made/deep");
        scenario.RunTwice();
        Directory.Delete(scenario.Directory.Path("made/deep"));
        scenario.RunsBecause("output missing: made/deep");
    }

    [SkippableTheory]
    [InlineData("import os\ntry: os.mkdir('made')\nexcept OSError: pass")]
    [InlineData("import os\ntry: os.symlink('x', 'made')\nexcept OSError: pass")]
    [InlineData("import os\ntry: os.link('in', 'made')\nexcept OSError: pass")]
    public void NameThatWasInTheWay_IsDependedOn(string script)
    {
        Requires.Program("python3");
        using var scenario = new RunScenario("python3", "-I", "-S", "-c", script);
        scenario.Directory.Write("in", "text\n");
        Directory.CreateDirectory(scenario.Directory.Path("made"));
        scenario.RunTwice();
        Directory.Delete(scenario.Directory.Path("made"));
        scenario.RunsBecause("input missing: made");
        Assert.True(new FileInfo(scenario.Directory.Path("made")) is { LinkTarget: not null } or { Exists: true }
            || Directory.Exists(scenario.Directory.Path("made")));
    }

    [SkippableFact]
    public void FailedChangeOfAMissingFile_IsDependedOn()
    {
        using var scenario = new RunScenario("sh", "-c", "chmod 600 file 2> /dev/null || :");
        scenario.RunTwice();
        scenario.Directory.Write("file", "");
        scenario.RunsBecause("now exists: file");
    }

    [SkippableFact]
    public void CommandThatDeletesAFile_SkipsUntilItIsBack()
    {
        using var scenario = new RunScenario("rm", "-f", "doomed");
        scenario.Directory.Write("doomed", "text\n");
        scenario.RunTwice();
        Assert.Equal("doomed", Assert.Single(scenario.Recorded().Deletions).ToString());
        scenario.Directory.Write("doomed", "again\n");
        scenario.RunsBecause("now exists: doomed");
    }

    [SkippableFact]
    public void CommandThatMovesAFile_SkipsUntilItIsBack()
    {
        using var scenario = new RunScenario("mv", "-f", "old", "new");
        scenario.Directory.Write("old", "text\n");
        scenario.RunTwice();
        Manifest manifest = scenario.Recorded();
        Assert.Equal("old", Assert.Single(manifest.Deletions).ToString());
        Assert.Equal("new", Assert.Single(manifest.Outputs).Path.ToString());
        Assert.Equal("old",
            Assert.Single(manifest.Observations,
            observation => observation.Kind == ObservationKind.ReadModifyWrite).Path.ToString());
        scenario.Directory.Write("old", "more\n");
        scenario.RunsBecause("now exists: old");
    }

    [SkippableFact]
    public void CommandThatMovesADirectory_KnowsAllThatIsInIt()
    {
        using var scenario = new RunScenario("mv", "-T", "old", "new");
        Directory.CreateDirectory(scenario.Directory.Path("old/deep"));
        scenario.Directory.Write("old/deep/file", "text\n");
        scenario.RunTwice();
        Manifest manifest = scenario.Recorded();
        Assert.Equal(["new", "new/deep", "new/deep/file"], manifest.Outputs.Select(output => output.Path.ToString()));
        Assert.Equal(["old", "old/deep", "old/deep/file"], manifest.Deletions.Select(path => path.ToString()));
        Assert.Equal(
            ["old", "old/deep", "old/deep/file"],
            manifest.Observations.Where(observation => observation.Kind == ObservationKind.ReadModifyWrite)
                .Select(observation => observation.Path.ToString()));
        scenario.Directory.Write("new/deep/file", "TEXT\n");
        Assert.Equal("output modified: new/deep/file", scenario.Run(exitCode: 1));
    }

    [SkippableFact]
    public void TemporaryWrittenReadAndDeleted_LeavesNoTrace()
    {
        using var scenario = new RunScenario("sh", "-c",
            "mkdir t; cat in > t/x; mv t/x t/y; cat t/y > out; cat t/none 2> t/err || :; rm -r t");
        scenario.Directory.Write("in", "text\n");
        scenario.RunTwice();
        Manifest manifest = scenario.Recorded();
        Assert.Equal("out", Assert.Single(manifest.Outputs).Path.ToString());
        Assert.Empty(manifest.Deletions);
        Assert.DoesNotContain(manifest.Observations,
            observation => observation.Path.ToString().StartsWith("t/", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void AppendedFile_IsReadModifyWriteWithItsStateBefore()
    {
        using var scenario = new RunScenario("sh", "-c", "echo line >> log");
        scenario.Directory.Write("log", "first\n");
        scenario.RunTwice();
        Observation before = Assert.Single(scenario.Recorded().Observations,
            observation => observation.Kind == ObservationKind.ReadModifyWrite);
        Assert.Equal(("log", 6L), (before.Path.ToString(), before.State.Size));
        scenario.Directory.Write("log", "first\n");
        Assert.Equal("output modified: log", scenario.Run());
        Assert.Equal("first\nline\n", File.ReadAllText(scenario.Directory.Path("log")));
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableFact]
    public void FileEditedInPlace_IsReadModifyWriteWithItsStateBefore()
    {
        using var scenario = new RunScenario("sed", "-i", "s/one/two/", "file");
        scenario.Directory.Write("file", "one\n");
        scenario.RunTwice();
        Observation before = Assert.Single(scenario.Recorded().Observations,
            observation => observation.Kind == ObservationKind.ReadModifyWrite);
        Assert.Equal(("file", 4L), (before.Path.ToString(), before.State.Size));
        Assert.Equal("file", Assert.Single(scenario.Recorded().Outputs).Path.ToString());
        scenario.Directory.Write("file", "one\n");
        scenario.RunsBecause("output modified: file");
    }

    [SkippableFact]
    public void ArchiveThatIsUpdated_IsReadModifyWrite()
    {
        Requires.Program("ar");
        using var scenario = new RunScenario("ar", "rD", "lib.a", "a.o");
        scenario.Directory.Write("a.o", "one");
        scenario.Directory.Write("b.o", "two");
        CommandRunner.Run(scenario.Directory.Work, ["ar", "rcD", "lib.a", "b.o"]);
        scenario.RunTwice();
        Assert.Contains(scenario.Recorded().Observations,
            observation => observation.Kind == ObservationKind.ReadModifyWrite
                && observation.Path.ToString() == "lib.a");
        scenario.Directory.Write("a.o", "ONE");
        scenario.RunsBecause("input changed: a.o");
        File.Delete(scenario.Directory.Path("lib.a"));
        scenario.RunsBecause("output missing: lib.a");
    }

    [SkippableFact]
    public void FileThatIsOnlyLocked_IsAnInput()
    {
        Requires.Program("flock");
        using var scenario = new RunScenario("flock", "lock", "cp", "in", "out");
        scenario.Directory.Write("lock", "");
        scenario.Directory.Write("in", "text\n");
        scenario.RunTwice();
        Assert.Equal("out", Assert.Single(scenario.Recorded().Outputs).Path.ToString());
    }

    [SkippableFact]
    public void TwoCommandsWithTheSameOutput_EachRunsAfterTheOther()
    {
        using var scenario = new RunScenario("sh", "-c", "echo one > out");
        using var other = new WorkDirectory();
        scenario.RunTwice();
        scenario.Command = ["sh", "-c", "echo two > out"];
        scenario.Options = ["--manifest", Path.Combine(other.Results, "other.json")];
        scenario.RunTwice();
        scenario.Command = ["sh", "-c", "echo one > out"];
        scenario.Options = [];
        scenario.RunsBecause("output modified: out");
    }

    [SkippableFact]
    public void ProgramThatIsBuiltAndRun_IsNoInput()
    {
        Requires.Program("gcc");
        using var scenario = new RunScenario("sh", "-c", "gcc -o tool tool.c && ./tool > out && rm tool");
        scenario.Directory.Write("tool.c", "#include <stdio.h>\nint main(void) { puts(\"made\"); return 0; }\n");
        scenario.RunTwice();
        Assert.Equal("made\n", File.ReadAllText(scenario.Directory.Path("out")));
    }

    private static RunScenario Copy()
    {
        var scenario = new RunScenario("cp", "in", "out");
        scenario.Directory.Write("in", "text\n");
        scenario.RunTwice();
        return scenario;
    }
}
