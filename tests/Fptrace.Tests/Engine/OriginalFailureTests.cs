using Fptrace.Model;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>What the original fptrace gets wrong, one test for each known failure.</summary>
public sealed class OriginalFailureTests
{
    [SkippableTheory]
    [AllEngines]
    public void Failure01_Pipe2_IsAPipe(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c", "echo a | cat > out; :").Succeeded();
        Assert.Equal(["/dev/fptrace/pipe/1"], run.Record("sh").Outputs.Where(output => output.StartsWith("/dev/", StringComparison.Ordinal)));
        Assert.Equal(["/dev/fptrace/pipe/1"], run.Record("cat").OwnInputs);
        Assert.Equal("/dev/fptrace/pipe/1", run.Record("cat").Descriptors["0"]);
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure02_Rename_IsInputAndOutput(string engine)
    {
        using var directory = new WorkDirectory();
        directory.Write("a", "a\n");
        TracedRun run = TracedRun.Of(directory, engine, "mv", "a", "b").Succeeded();
        Assert.Equal(["1 rename-from a b", "1 rename-to b a"], run.OwnAccesses);
        Assert.Equal([directory.Path("a")], Assert.Single(run.Deps).OwnInputs);
        Assert.Equal([directory.Path("b")], Assert.Single(run.Deps).Outputs);
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure02_RenamedDirectory_TakesItsChildrenAlong(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = RunProgram(directory, engine, "rewrite");
        Assert.Contains(directory.Path("moved/file"), run.Deps[0].Outputs);
        Assert.DoesNotContain(directory.Path("folder/file"), run.Deps[0].Outputs);
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure03_ChangesWithoutAnOpen_AreRecorded(string engine)
    {
        using var directory = new WorkDirectory();
        directory.Write("file", "file\n");
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c", "ln -s target pointer; mkdir made; mkfifo fifo; ln file hard; chmod 600 file; rm hard; rmdir made").Succeeded();
        string[] kinds = [.. run.OwnAccesses.Select(access => access[(access.IndexOf(' ', StringComparison.Ordinal) + 1)..])];
        Assert.Equal(
            ["symlink pointer target", "mkdir made", "create fifo", "link-from file hard", "link-to hard file", "attributes file", "delete hard", "delete made"],
            kinds);
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure04_FailedCalls_AreAbsentPaths(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.With(directory, engine, ["--probes"], ["sh", "-c", "cat missing; ./no-program; test -e asked; :"]).Succeeded();
        IEnumerable<string> absent = run.OwnAccesses.Where(access => access.Contains(" absent ", StringComparison.Ordinal)).Select(access => access.Split(' ')[2]);
        Assert.Equal(["asked", "missing", "no-program"], absent.Distinct().Order(StringComparer.Ordinal));
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure05_Interpreters_AreInTheTraceAndNotInTheInputs(string engine)
    {
        using var directory = new WorkDirectory();
        directory.WriteExecutable("script", "#!/bin/sh\necho text\n");
        TracedRun run = TracedRun.Of(directory, engine, directory.Path("script")).Succeeded();
        string json = run.Trace.Executions[0].Json;
        Assert.Contains("\"/bin/sh\"", json, StringComparison.Ordinal);
        Assert.Contains("/ld-linux", json, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Deps[0].Inputs, input => input.Contains("/ld-linux", StringComparison.Ordinal) || input.EndsWith("sh", StringComparison.Ordinal));
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure06_ReadThenWritten_IsInputAndOutput(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = RunProgram(directory, engine, "rewrite");
        Assert.Equal([directory.Path("data")], run.Deps[0].OwnInputs);
        Assert.Contains(directory.Path("data"), run.Deps[0].Outputs);
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
            child.Descriptors.OrderBy(fd => fd.Key, StringComparer.Ordinal).Select(fd => (fd.Key, run.Short(fd.Value)!)));
        Assert.Equal(["first", "passed"], run.Short(child.Outputs));
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
    public void Failure11_Stop_Stops(string engine)
    {
        using var directory = new WorkDirectory();
        RunProgram(directory, engine, "stop");
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure12_NamesThatAreNotUtf8_KeepTheirBytes(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c", "echo text > \"$(printf 'bad\\377\\303name')\"").Succeeded();
        TracedAccess created = Assert.Single(run.Trace.Accesses, access => access.Kind == "create");
        byte[] name = [.. "bad"u8, 0xff, 0xc3, .. "name"u8];
        Assert.Equal(name, ByteString.Parse(run.Short(created.Path)!).Span);
        Assert.Contains(new ByteString(name).ToString(), run.Short(run.Record("sh").Outputs));
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure13_Termination_KeepsWhatWasRecorded(string engine)
    {
        using var directory = new WorkDirectory();
        Requires.That(TracedRun.Of(directory, engine, "true").Result.ExitCode == 0, $"needs the engine {engine}");
        IReadOnlyList<string> command = TracedRun.CommandLine(directory, engine, [], ["sh", "-c", "echo a > a; echo b > marker; exec sleep 60"]);
        using System.Diagnostics.Process process = CommandRunner.Start(directory.Work, command);
        for (int i = 0; i < 500 && !File.Exists(directory.Path("marker")); i++)
        {
            Thread.Sleep(20);
        }

        CommandRunner.Run("/", ["kill", "-TERM", $"{process.Id}"]);
        CommandResult result = CommandRunner.Finish(process, command);
        Assert.Equal(143, result.ExitCode);
        TraceFile trace = TraceFile.Read(Path.Combine(directory.Results, "trace.json"));
        Assert.Contains(trace.Accesses, access => access.Path == directory.Path("a"));
        Assert.False(trace.IsComplete);
        Assert.Contains("interrupted", trace.Verdict, StringComparison.Ordinal);
        Assert.NotEmpty(DepsRecord.ReadFile(Path.Combine(directory.Results, "deps.json")));
    }

    [SkippableTheory]
    [AllEngines("echo new > fresh; mv fresh victim")]
    [AllEngines(": > victim")]
    [AllEngines("cp /dev/null victim")]
    public void Failure14_Undelete_KeepsWhatIsOverwritten(string engine, string script)
    {
        using var directory = new WorkDirectory();
        directory.Write("victim", "precious\n");
        TracedRun.With(directory, engine, ["-u"], ["sh", "-c", script]).Succeeded();
        Assert.Contains(
            Directory.EnumerateFiles(Path.GetDirectoryName(directory.Work)!, "*", SearchOption.AllDirectories),
            file => File.ReadAllText(file) == "precious\n");
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure15_EmptyArgumentLists_AreRecorded(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = RunProgram(directory, engine, "enull", "-e");
        DepsRecord[] records = [.. run.Deps.OrderBy(record => record.Id)];
        Assert.Equal(["enull", "second"], records[1].Arguments);
        Assert.Empty(records[1].Environment!);
        Assert.Equal(["NOEQUALS"], records[2].Environment);
        Assert.True(records[2].Arguments is [] or [""]);
        Assert.Equal(["FOURTH=1"], records[3].Environment);
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure15_ArgumentsOfNearlyTwoMebibytes_AreRecorded(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c", "a=$(printf %0120000d 0); exec /bin/true $a $a $a $a $a $a $a $a $a $a $a $a $a $a $a").Succeeded();
        Assert.Equal([9, .. Enumerable.Repeat(120_000, 15)], run.Record("/bin/true").Arguments.Select(argument => argument.Length));
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure15_DeepPath_IsRecorded(string engine)
    {
        using var directory = new WorkDirectory();
        RunProgram(directory, engine, "deep");
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure15_QuoteAndNewlineInAScript_MeanThemselves(string engine)
    {
        using var directory = new WorkDirectory();
        string scripts = Path.Combine(directory.Results, "scripts");
        string[] command = ["printf", "%s|", "it's", "two\nlines", "$HOME `x` \"\\", ""];
        TracedRun run = TracedRun.With(directory, engine, ["-s", scripts], command).Succeeded();
        string script = Assert.Single(Directory.EnumerateFiles(scripts));
        Assert.Equal(run.Result, CommandRunner.Run("/", [script]));
        Assert.Equal("it's|two\nlines|$HOME `x` \"\\||", run.Result.Output);
    }

    private static TracedRun RunProgram(WorkDirectory directory, string engine, string program, params string[] options)
    {
        string binary = TestPrograms.Path(program);
        TestProgram.Read(program).Prepare(directory);
        TracedRun run = TracedRun.With(directory, engine, options, [binary]);
        Requires.That(run.Result.ExitCode != TestProgram.Unsupported, $"needs what tests/programs/{program}.c needs");
        return run.Succeeded();
    }
}
