using Fptrace.Model;

namespace Fptrace.Engine.Failures;

// Odd names, arguments and environments.
public sealed partial class OriginalFailureTests
{
    [SkippableTheory]
    [AllEngines]
    public void Failure12_NamesThatAreNotUtf8_KeepTheirBytes(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c", "echo text > \"$(printf 'bad\\377\\303name')\"")
            .Succeeded();
        TracedAccess created = Assert.Single(run.Trace.Accesses, access => access.Kind == "create");
        byte[] name = [.. "bad"u8, 0xff, 0xc3, .. "name"u8];
        Assert.Equal(name, ByteString.Parse(run.Short(created.Path)!).Span);
        Assert.Contains(new ByteString(name).ToString(), run.Short(run.Record("sh").Outputs));
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
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c",
            "a=$(printf %0120000d 0); exec /bin/true $a $a $a $a $a $a $a $a $a $a $a $a $a $a $a").Succeeded();
        Assert.Equal([9, .. Enumerable.Repeat(120_000, 15)],
            run.Record("/bin/true").Arguments.Select(argument => argument.Length));
    }

    [SkippableTheory]
    [AllEngines]
    public void Failure15_EnvironmentOfNearlyTwoMebibytes_IsRecorded(string engine)
    {
        using var directory = new WorkDirectory();
        const string Script =
            "v=$(printf %0120000d 0); for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do export v$i=$v; done; exec "
                + "/bin/true";
        TracedRun run = TracedRun.With(directory, engine, ["-e", "-s", Path.Combine(directory.Results, "scripts")],
            ["sh", "-c", Script]).Succeeded();
        Assert.Equal(15, run.Record("/bin/true").Environment!.Count(entry => entry.Length > 120_000));
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
}
