namespace Fptrace.Engine.Failures;

// Files and their names.
public sealed partial class OriginalFailureTests
{
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
    public void Failure02_FilesThatNobodyOpened_StayApart(string engine)
    {
        using var directory = new WorkDirectory();
        directory.Write("a", "a\n");
        directory.Write("b", "b\n");
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c", "mv a c; mv b d").Succeeded();
        Assert.Equal(["2 rename-from a c", "2 rename-to c a", "3 rename-from b d", "3 rename-to d b"], run.OwnAccesses);
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
    public void Failure02_ExchangedFiles_AreBothRenamed(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = RunProgram(directory, engine, "changes");
        string[] exchange = ["1 rename-from left right", "1 rename-to right left", "1 rename-from right left",
            "1 rename-to left right"];
        Assert.Equal(exchange, run.OwnAccesses.Where(access => access.Contains("left", StringComparison.Ordinal)));
        Assert.Contains(directory.Path("left"), run.Deps[0].OwnInputs);
        Assert.Contains(directory.Path("right"), run.Deps[0].Outputs);
    }

    [SkippableTheory]
    [AllEngines("changes", "write cut", "write cut-open", "attributes mode", "attributes times", "create fifo")]
    [AllEngines("xattr", "attributes ")]
    [AllEngines("copies", "create sent")]
    public void Failure03_CallsOfEveryKind_AreRecorded(string engine, string program, params string[] accesses)
    {
        using var directory = new WorkDirectory();
        TracedRun run = RunProgram(directory, engine, program);
        Assert.All(accesses,
            access => Assert.Contains(run.OwnAccesses, own => own.StartsWith("1 " + access, StringComparison.Ordinal)));
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure03_ChangesWithoutAnOpen_AreRecorded(string engine)
    {
        using var directory = new WorkDirectory();
        directory.Write("file", "file\n");
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c",
            "ln -s target pointer; mkdir made; mkfifo fifo; ln file hard; chmod 600 file; rm hard; rmdir made")
                .Succeeded();
        string[] kinds =
            [.. run.OwnAccesses.Select(access => access[(access.IndexOf(' ', StringComparison.Ordinal) + 1)..])];
        Assert.Equal(
            ["symlink pointer target", "mkdir made", "create fifo", "link-from file hard", "link-to hard file",
                "attributes file", "delete hard", "delete made"],
            kinds);
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure04_FailedCalls_AreAbsentPaths(string engine)
    {
        using var directory = new WorkDirectory();
        directory.Write("no-script", "not executable\n");
        TracedRun run = TracedRun.With(directory, engine, ["--probes"],
            ["sh", "-c", "cat missing; ./no-program; env ./no-script; test -e asked; :"]).Succeeded();
        IEnumerable<string> absent = run.OwnAccesses.Where(access =>
            access.Contains(" absent ", StringComparison.Ordinal)).Select(access => access.Split(' ')[2]);
        Assert.Equal(["asked", "missing", "no-program"], absent.Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(run.OwnAccesses, access => access.EndsWith(" probe no-script", StringComparison.Ordinal));
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
        Assert.DoesNotContain(run.Deps[0].Inputs, input => input.Contains("/ld-linux", StringComparison.Ordinal)
            || input.EndsWith("sh", StringComparison.Ordinal));
    }

    [SkippableTheory]
    [AllEngines("./interpreter")]
    [AllEngines("../below/interpreter")]
    public void RelativeInterpreter_IsThatOfTheProcessAndNotOurs(string engine, string interpreter)
    {
        using var directory = new WorkDirectory();
        Directory.CreateDirectory(directory.Path("below"));
        directory.WriteExecutable("below/script", $"#!{interpreter} -x\n");
        directory.WriteExecutable("below/interpreter", "#!/bin/sh\n");
        directory.WriteExecutable("interpreter", "#!/bin/false\n");
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c", "cd below && exec ./script").Succeeded();
        string json = run.Trace.Executions.Single(execution => execution.Path == directory.Path("below/script")).Json;
        Assert.Contains($"\"interpreters\":[\"{directory.Path("below/interpreter")}\",\"/bin/sh\",", json,
            StringComparison.Ordinal);
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
    public void Failure06_OpenOfTheNameAlone_IsNoRead(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = RunProgram(directory, engine, "copies");
        Assert.Equal([directory.Path("input")], run.Deps[0].OwnInputs);
    }

    [SkippableTheory]
    [AllEngines("echo new > fresh; mv fresh victim")]
    [AllEngines(": > victim")]
    [AllEngines("cp /dev/null victim")]
    public void Failure14_Undelete_KeepsWhatIsOverwritten(string engine, string script)
    {
        using var directory = new WorkDirectory();
        directory.Write("victim", "precious\n");
        TracedRun.With(directory, engine, ["-u", "--undelete-dir", Path.Combine(directory.Results, "kept")],
            ["sh", "-c", script]).Succeeded();
        Assert.Contains(
            Directory.EnumerateFiles(Path.GetDirectoryName(directory.Work)!, "*", SearchOption.AllDirectories),
            file => File.ReadAllText(file) == "precious\n");
    }
}
