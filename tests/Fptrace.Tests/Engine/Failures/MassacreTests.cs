using System.Globalization;

namespace Fptrace.Engine.Failures;

/// <summary>Processes killed at any moment: at their birth, at their exec, between our requests.</summary>
public sealed class MassacreTests
{
    [SkippableTheory]
    [AllEngines]
    public void ProcessesKilledAtRandom_NeitherHangNorStopTheTracer(string engine)
    {
        using var directory = new WorkDirectory();
        string seed = Random.Shared.Next().ToString(CultureInfo.InvariantCulture);
        TracedRun run = TracedRun.Of(directory, engine, TestPrograms.Path("massacre"), "2000", seed);
        Assert.True(run.Result.ExitCode == 0, $"seed {seed}: exit {run.Result.ExitCode}: {run.Result.Error}");
        Assert.Matches("^(fptrace: the trace is incomplete: lost-process: [^\n]+\n)?$", run.Result.Error);
        Assert.True(run.Trace.Executions.Count > 10, $"seed {seed}: {run.Trace.Executions.Count} executions");
        Assert.DoesNotContain("\"internal\"", run.Trace.Verdict, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [AllEngines]
    public void CallsCutShort_AreRecordedIfTheyCameTrue(string engine)
    {
        using var directory = new WorkDirectory();
        string seed = Random.Shared.Next().ToString(CultureInfo.InvariantCulture);
        TracedRun run = TracedRun.Of(directory, engine, TestPrograms.Path("cutshort"), "120", seed).Succeeded();
        HashSet<string> names = [];
        foreach (TracedAccess access in run.Trace.Accesses)
        {
            _ = access.Kind switch
            {
                "create" or "mkdir" or "symlink" or "link-to" or "rename-to" => names.Add(access.Path),
                "delete" or "rename-from" => names.Remove(access.Path),
                _ => false,
            };
        }

        string[] left = Directory.GetFileSystemEntries(directory.Work, "*", SearchOption.AllDirectories);
        string[] different = [.. names.Except(left).Concat(left.Except(names))];
        Assert.True(different.Length == 0, $"seed {seed}: {string.Join(' ', different)}");
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }

    [SkippableTheory]
    [AllEngines]
    public void ChildOfWhomWasKilledBeforeItSaidSo_IsTracedAndAReason(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.Of(directory, engine, TestPrograms.Path("orphan"));
        Skip.If(run.Result.ExitCode == TestProgram.Unsupported, "needs userfaultfd");
        Assert.Equal(["1 create made"], run.Succeeded().OwnAccesses);
        Assert.Contains("\"lost-process\"", run.Trace.Verdict, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [AllEngines]
    public void ChildrenThatTheToolHadBefore_AreNotWaitedFor(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.With(directory, engine, [], ["true"], "sh", "-c",
            "sleep 1000 </dev/null >/dev/null 2>&1 & echo $! > pid; exec \"$@\"", "sh").Succeeded();
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
        int pid = int.Parse(File.ReadAllText(directory.Path("pid")), CultureInfo.InvariantCulture);
        LiveRun.Kill(Linux.Headers.signal.SIGKILL, pid);
    }
}
