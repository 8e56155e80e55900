using System.Diagnostics;
using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Caching;

/// <summary><c>fptrace run --cache</c> with real commands.</summary>
public sealed class CachedRunTests : IDisposable
{
    private readonly CachedRun _run = new();

    [SkippableFact]
    public void Compilation_OutputDeleted_RestoredReplayedAndThenSkipped()
    {
        Requires.Program("gcc");
        _run.Write("a.c", "#warning look here\nint x;\n");
        string[] command = ["gcc", "-c", "a.c", "-o", "a.o"];
        CommandResult first = _run.Run(command);
        CachedRun.AssertRan(first);
        byte[] made = File.ReadAllBytes(_run.At("a.o"));
        File.Delete(_run.At("a.o"));

        CommandResult second = _run.Run(command);

        CachedRun.AssertHit(second);
        Assert.Contains("look here", second.Error, StringComparison.Ordinal);
        Assert.Equal(made, File.ReadAllBytes(_run.At("a.o")));
        CachedRun.AssertSkipped(_run.Run(command));
        _run.AssertSound();
    }

    [SkippableFact]
    public void Compilation_HeaderEditedAndBack_HitOfTheFormerObject()
    {
        Requires.Program("gcc");
        _run.Write("a.c", "#include \"a.h\"\nint x = X;\n");
        _run.Write("a.h", "#define X 1\n");
        string[] command = ["gcc", "-c", "a.c", "-o", "a.o"];
        CachedRun.AssertRan(_run.Run(command));
        byte[] made = File.ReadAllBytes(_run.At("a.o"));
        _run.Write("a.h", "#define X 2\n");
        CommandResult edited = _run.Run(command);
        CachedRun.AssertRan(edited);
        Assert.Contains("input changed: a.h", edited.Error, StringComparison.Ordinal);

        _run.Write("a.h", "#define X 1\n");
        CachedRun.AssertHit(_run.Run(command));
        Assert.Equal(made, File.ReadAllBytes(_run.At("a.o")));
    }

    [SkippableFact]
    public void Compilation_HeaderAppearsEarlierOnThePath_RunsWithThatReason()
    {
        Requires.Program("gcc");
        _run.Write("a.c", "#include <a.h>\nint x = X;\n");
        _run.Write("late/a.h", "#define X 1\n");
        Directory.CreateDirectory(_run.At("early"));
        string[] command = ["gcc", "-Iearly", "-Ilate", "-c", "a.c", "-o", "a.o"];
        CachedRun.AssertRan(_run.Run(command));
        File.Delete(_run.At("a.o"));
        _run.Write("early/a.h", "#define X 2\n");

        CommandResult result = _run.Run(command);

        CachedRun.AssertRan(result);
        Assert.Contains("fptrace: run: now exists: early/a.h; not in the cache\n", result.Error,
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public void CleanCheckout_ManifestsAndOutputsGone_Hit()
    {
        _run.Write("in", "text\n");
        string[] command = ["sh", "-c",
            "mkdir -p out/deep; cp in out/deep/copy; chmod 640 out/deep/copy; ln -s deep/copy out/link; mkdir "
            + "out/empty"];
        CachedRun.AssertRan(_run.Run(command));
        Directory.Delete(_run.At("out"), recursive: true);
        Directory.Delete(_run.At(".fptrace"), recursive: true);

        CachedRun.AssertHit(_run.Run(command));

        Assert.Equal("text\n", _run.Read("out/link"));
        Assert.Equal((UnixFileMode)0b110_100_000, File.GetUnixFileMode(_run.At("out/deep/copy")));
        Assert.True(Directory.Exists(_run.At("out/empty")));
        Assert.True(File.Exists(_run.At(".fptrace/.gitignore")));
        CachedRun.AssertSkipped(_run.Run(command));
    }

    [SkippableFact]
    public void CommandThatDeletes_Hit_DeletesToo()
    {
        _run.Write("in", "1");
        _run.Write("old/file", "x");
        string[] command = ["sh", "-c", "cat in > out; rm -rf old"];
        CachedRun.AssertRan(_run.Run(command));
        File.Delete(_run.At("out"));
        _run.Write("old/file", "x");

        CachedRun.AssertHit(_run.Run(command));

        Assert.False(Directory.Exists(_run.At("old")));
        Assert.Equal("1", _run.Read("out"));
    }

    [SkippableFact]
    public void FailingCommand_NeverCached()
    {
        _run.Write("in", "1");
        string[] command = ["sh", "-c", "cat in > out; exit 3"];
        Assert.Equal(3, _run.Run(command).ExitCode);

        CommandResult second = _run.Run(command);

        Assert.Equal(3, second.ExitCode);
        CachedRun.AssertRan(second);
        Assert.Contains("\"stored\": 0", _run.Care("stats", "--json").Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void OutputOutsideTheRoot_RunsAndSaysWhyItIsNotCached()
    {
        string outside = Path.Combine(Path.GetDirectoryName(_run.Store)!, "outside");

        CommandResult result = _run.Run("sh", "-c", $"echo x > {outside}");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"fptrace: not cached: output {outside} is outside the root", result.Error,
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Make_BackToFormerSources_HitAndMakeFindsNothingToDo()
    {
        Requires.Program("make");
        Requires.Program("gcc");
        _run.Write("Makefile", "app: main.o part.o\n\tgcc -o $@ $^\n%.o: %.c part.h\n\tgcc -c -o $@ $<\n");
        _run.Write("main.c", "#include \"part.h\"\nint main(void) { return part(); }\n");
        _run.Write("part.c", "#include \"part.h\"\nint part(void) { return PART; }\n");
        _run.Write("part.h", "#define PART 3\nint part(void);\n");
        CachedRun.AssertRan(_run.Run("make"));
        Assert.Equal(3, CommandRunner.Run(_run.Root, [_run.At("app")]).ExitCode);
        _run.Write("part.h", "#define PART 4\nint part(void);\n");
        CachedRun.AssertRan(_run.Run("make"));
        Assert.Equal(4, CommandRunner.Run(_run.Root, [_run.At("app")]).ExitCode);
        _run.Write("part.h", "#define PART 3\nint part(void);\n");

        CachedRun.AssertHit(_run.Run("make"));

        Assert.Equal(3, CommandRunner.Run(_run.Root, [_run.At("app")]).ExitCode);
        Assert.Equal(0, CommandRunner.Run(_run.Root, ["make", "-q"]).ExitCode);
        CachedRun.AssertSkipped(_run.Run("make"));
    }

    [SkippableFact]
    public void Modes_ReadWriteOff_DoWhatTheySay()
    {
        _run.Write("in", "1");
        string[] command = ["cp", "in", "out"];
        CachedRun.AssertRan(_run.Run(["--cache-mode", "read"], command));
        Assert.False(Directory.Exists(_run.Store));
        CachedRun.AssertRan(_run.Run(["--force", "--cache-mode", "write"], command));
        File.Delete(_run.At("out"));

        CachedRun.AssertRan(_run.Run(["--cache-mode", "off"], command));
        File.Delete(_run.At("out"));
        CachedRun.AssertRan(_run.Run(["--cache-mode", "write"], command));
        File.Delete(_run.At("out"));
        CachedRun.AssertHit(_run.Run(["--cache-mode", "read"], command));
    }

    [SkippableFact]
    public void StoreThatOthersMayWrite_NotUsedAndThatIsSaidInOneLine()
    {
        Directory.CreateDirectory(_run.Store);
        File.SetUnixFileMode(_run.Store, (UnixFileMode)0b111_111_111);

        CommandResult result = _run.Run("true");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith(
            $"fptrace: without the cache: cache {_run.Store} can be written to by others (mode 777); chmod go-w it, "
                + "or name another directory with --cache=DIR\n", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_run.Store));
    }

    [SkippableFact]
    public void ManyProcesses_OneStore_AllResultsRightAndTheStoreSound()
    {
        const int Trees = 6;
        const int Rounds = 3;
        string[] trees = [.. Enumerable.Range(0, Trees).Select(i => _run.At($"tree{i}"))];
        foreach (string tree in trees)
        {
            Directory.CreateDirectory(tree);
        }

        for (int round = 0; round < Rounds; round++)
        {
            List<(Process Process, string[] Command)> runs = [];
            foreach (string tree in trees)
            {
                // The same command everywhere with results to share, while two more collect garbage.
                File.WriteAllText(Path.Combine(tree, "in"), $"round {round % 2}\n");
                File.Delete(Path.Combine(tree, "out"));
                string[] command = [.. FptraceExecutable.Command, "run", "--root", tree, $"--cache={_run.Store}",
                    "--cache-anywhere", "--", "cp", "in", "out"];
                runs.Add((CommandRunner.Start(tree, command), command));
            }

            string[] collect = [.. FptraceExecutable.Command, "cache", "gc", "--size", round == 1 ? "0" : "1G",
                _run.Store];
            runs.Add((CommandRunner.Start(_run.Root, collect), collect));
            foreach ((Process process, string[] command) in runs)
            {
                CommandResult result = CommandRunner.Finish(process, command);
                process.Dispose();
                Requires.That(result.ExitCode != ExitCodes.TracingDenied, $"needs tracing: {result.Error}");
                Assert.True(result.ExitCode == 0, result.Error);
            }

            Assert.All(trees,
                tree => Assert.Equal($"round {round % 2}\n", File.ReadAllText(Path.Combine(tree, "out"))));
            _run.AssertSound();
        }
    }

    public void Dispose() => _run.Dispose();
}
