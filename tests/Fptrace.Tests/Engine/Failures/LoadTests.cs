namespace Fptrace.Engine.Failures;

/// <summary>Nothing is lost when much happens.</summary>
public sealed class LoadTests
{
    private const int Processes = 2000;

    [SkippableTheory]
    [AllEngines]
    public void ShortProcesses_AreAllRecorded(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c",
            $"i=0; while [ $i -lt {Processes} ]; do /bin/true; i=$((i+1)); done; echo $i").Succeeded();
        Assert.Equal($"{Processes}\n", run.Result.Output);
        Assert.Equal(Enumerable.Range(1, Processes + 1), run.Deps.Select(record => record.Id).Order());
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }

    [SkippableTheory]
    [AllEngines]
    public void ProcessesAtTheSameTime_AreAllRecorded(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c",
            "for i in 1 2 3 4 5 6 7 8; do (for j in 1 2 3 4 5 6 7 8 9 10; do cat /dev/null > $i-$j; done) & done; wait")
                .Succeeded();
        Assert.Equal(81, run.Deps.Count);
        Assert.Equal(80, run.Deps.SelectMany(record => record.Outputs).Distinct().Count());
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }
}
