namespace Fptrace.Engine;

/// <summary>The example that describes deps.json, record by record.</summary>
public sealed class SeedPipelineTests
{
    private const string Script = "echo a > a; cat a | tee b; exec false";

    private static readonly Dictionary<string, string> Standard = new() { ["0"] = "/dev/stdin", ["1"] = "/dev/stdout",
        ["2"] = "/dev/stderr" };

    [SkippableTheory]
    [AllEngines]
    public void Pipeline_HasTheRecordsOfTheDescription(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c", Script);
        AssertRecords(run, directory);
    }

    [SkippableTheory]
    [AllEngines]
    public void LauncherScripts_StartTheCommandsAgain(string engine)
    {
        using var directory = new WorkDirectory();
        string scripts = Path.Combine(directory.Results, "scripts");
        TracedRun.With(directory, engine, ["-s", scripts], ["sh", "-c", "echo a > a; cat a | tee b"]).Succeeded();
        string[] names =
            [.. Directory.EnumerateFiles(scripts).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        Assert.Equal(3, names.Length);
        Assert.Equal("0-1-sh", names[0]);
        Assert.Equal(
            $"#!/bin/sh\ncd {directory.Work} || exit\n${{exec:-exec}} /bin/sh -c 'echo a > a; cat a | tee b' \"$@\"\n",
            File.ReadAllText(Path.Combine(scripts, "0-1-sh")));
        string cat = Assert.Single(names, name => name is "1-2-cat" or "1-3-cat");
        Assert.Equal("a\n", CommandRunner.Run("/", [Path.Combine(scripts, cat)]).Output);
    }

    [SkippableTheory]
    [AllEngines]
    public void EventText_IsWritten(string engine)
    {
        using var directory = new WorkDirectory();
        string events = Path.Combine(directory.Results, "events.txt");
        TracedRun.With(directory, engine, ["-t", events], ["sh", "-c", Script]);
        Assert.Contains("tee", File.ReadAllText(events), StringComparison.Ordinal);
    }

    internal static void AssertRecords(TracedRun run, WorkDirectory directory)
    {
        Assert.Equal((1, "a\n", ""), (run.Result.ExitCode, run.Result.Output, run.Result.Error));
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
        Assert.Equal(4, run.Deps.Count);
        Assert.All(run.Deps, record => Assert.Equal(directory.Work, record.Directory));

        // cat and tee run at the same time: either may start or end first.
        DepsRecord cat = run.Record("cat");
        DepsRecord tee = run.Record("tee");
        Assert.Equal([2, 3], new[] { cat.Id, tee.Id }.Order());
        Assert.Equal([1, 4], run.Deps.Skip(2).Select(record => record.Id));

        AssertRecord(cat, 1, 0, 0, "/bin/cat", ["cat", "a"], [directory.Path("a")], ["/dev/fptrace/pipe/1"],
            new(Standard) { ["1"] = "/dev/fptrace/pipe/1" });
        AssertRecord(tee, 1, 0, 0, "/bin/tee", ["tee", "b"], ["/dev/fptrace/pipe/1"],
            [directory.Path("b"), "/dev/stdout"],
            new(Standard) { ["0"] = "/dev/fptrace/pipe/1" });
        AssertRecord(run.Record("sh"), 0, 0, 4, "/bin/sh", ["sh", "-c", Script], [], [directory.Path("a")], Standard);
        AssertRecord(run.Record("false"), 1, 1, 0, "/bin/false", ["false"], [], [], Standard);
    }

    internal static IReadOnlyList<string> Command => ["sh", "-c", Script];

    private static void AssertRecord(
        DepsRecord record, int parent, int exit, int exec, string path, string[] arguments, string[] inputs,
        string[] outputs, Dictionary<string, string> descriptors)
    {
        Assert.Equal((parent, exit, exec, path), (record.Parent, record.Exit, record.Exec, record.Path));
        Assert.Equal(arguments, record.Arguments);
        Assert.Equal(inputs, record.OwnInputs);
        Assert.Equal(outputs, record.Outputs);
        Assert.Equal(descriptors.OrderBy(fd => fd.Key), record.Descriptors.OrderBy(fd => fd.Key));
    }
}
