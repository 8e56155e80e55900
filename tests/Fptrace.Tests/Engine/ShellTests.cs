using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>What shells do with descriptors.</summary>
public sealed class ShellTests
{
    [SkippableTheory]
    [AllEngines]
    public void ShebangChain_ShowsTheScriptAndRuns(string engine)
    {
        using var directory = new WorkDirectory();
        directory.WriteExecutable("inner", $"#!/bin/sh\n. \"$1\"\n");
        directory.WriteExecutable("outer", $"#!{directory.Path("inner")}\necho outer \"$@\" > out\n");
        TracedRun run = TracedRun.Of(directory, engine, directory.Path("outer"), "argument").Succeeded();
        DepsRecord record = Assert.Single(run.Deps);
        Assert.Equal(directory.Path("outer"), record.Path);
        Assert.Equal([directory.Path("outer"), "argument"], record.Arguments);
        Assert.Equal([directory.Path("inner"), directory.Path("outer")], record.OwnInputs);
        Assert.Equal([directory.Path("out")], record.Outputs);
    }

    [SkippableTheory]
    [AllEngines]
    public void HereDocument_IsReadThroughAPipe(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c", "cat > out <<END\ntext\nEND\n:").Succeeded();
        Assert.Equal("text\n", File.ReadAllText(directory.Path("out")));
        DepsRecord cat = run.Record("cat");
        Assert.Equal("/dev/fptrace/pipe/1", Assert.Single(cat.OwnInputs));
        Assert.Equal([directory.Path("out")], cat.Outputs);
    }

    [SkippableTheory]
    [AllEngines]
    public void ProcessSubstitution_IsFollowed(string engine)
    {
        Requires.Program("bash");
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.Of(directory, engine, "bash", "-c", "cat <(echo one; cat /dev/null) > out; :")
            .Succeeded();
        Assert.Equal("one\n", File.ReadAllText(directory.Path("out")));
        DepsRecord cat = Assert.Single(run.Deps, record => record.Arguments is ["cat", var file]
            && file.StartsWith("/dev/fd/", StringComparison.Ordinal));
        Assert.Equal("/dev/fptrace/pipe/1", Assert.Single(cat.OwnInputs));
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }

    [SkippableTheory]
    [AllEngines]
    public void ErrorsIntoOutput_HaveOneName(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c", "(echo out; cat missing) > both 2>&1; :")
            .Succeeded();
        DepsRecord cat = run.Record("cat");
        Assert.Equal([directory.Path("both")], cat.Outputs);
        Assert.Equal((directory.Path("both"), directory.Path("both")), (cat.Descriptors["1"], cat.Descriptors["2"]));
        Assert.StartsWith("out\ncat:", File.ReadAllText(directory.Path("both")), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [AllEngines]
    public void StandardErrorIntoStandardOutput_KeepsTheNameOfTheOutput(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c", "cat missing 2>&1; :").Succeeded();
        Assert.Equal(["/dev/stdout"], run.Record("cat").Outputs);
    }

    [SkippableTheory]
    [AllEngines]
    public void PipeWithSeveralWriters_IsOnePipe(string engine)
    {
        using var directory = new WorkDirectory();
        directory.Write("one", "1\n");
        directory.Write("two", "2\n");
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c", "{ cat one; tac two; } | tee out | wc -l")
            .Succeeded();
        Assert.Equal("2", run.Result.Output.Trim());
        string first = Assert.Single(run.Record("cat").Outputs);
        Assert.StartsWith("/dev/fptrace/pipe/", first, StringComparison.Ordinal);
        Assert.Equal([first], run.Record("tac").Outputs);
        Assert.Equal([first], run.Record("tee").OwnInputs);
        string second = Assert.Single(run.Record("tee").Outputs,
            output => output.StartsWith("/dev/fptrace/pipe/", StringComparison.Ordinal));
        Assert.NotEqual(first, second);
        Assert.Equal([second], run.Record("wc").OwnInputs);
    }

    [SkippableTheory]
    [AllEngines]
    public void DescriptorOfTheParent_CountsWhenItIsUsed(string engine)
    {
        using var directory = new WorkDirectory();
        directory.Write("in", "one\ntwo\n");
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c", "exec < in > out; true; cat; :").Succeeded();
        Assert.Equal("one\ntwo\n", File.ReadAllText(directory.Path("out")));
        Assert.Equal([directory.Path("in")], run.Record("cat").OwnInputs);
        Assert.Equal([directory.Path("out")], run.Record("cat").Outputs);
    }

    [SkippableTheory]
    [AllEngines]
    public void WithoutStandardStreams_OpensAreStillRecorded(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.With(directory, engine, ["--no-stdio"], ["sh", "-c", "echo a > a; cat a > b; :"])
            .Succeeded();
        Assert.Equal([directory.Path("a")], run.Record("cat").OwnInputs);
        Assert.Equal([directory.Path("a"), directory.Path("b")], run.Record("sh").Outputs);
    }

    [SkippableTheory]
    [AllEngines]
    public void TemporaryRenamedByItsWriter_HasItsFinalNameOnly(string engine)
    {
        using var directory = new WorkDirectory();
        directory.Write("in", "text\n");
        TracedRun run = TracedRun.Of(directory, engine, "sed", "-i", "s/t/T/", "in").Succeeded();
        Assert.Equal([directory.Path("in")], Assert.Single(run.Deps).Outputs);
    }
}
