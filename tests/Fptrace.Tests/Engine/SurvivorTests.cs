using System.Globalization;
using Fptrace.Linux.Headers;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>Processes that outlive the command's first one.</summary>
public sealed class SurvivorTests
{
    [SkippableTheory]
    [AllEngines]
    public void Wait_SaysOnceWhomFor(string engine)
    {
        using var directory = new WorkDirectory();
        directory.Write("told", "until grep -q survivors said; do sleep 0.05; done; echo late > late");

        // It stays until it was named, however busy the machine is.
        TracedRun run = TracedRun.With(directory, engine, [], ["sh", "-c", "sh told & exit 5"], "sh", "-c",
            "exec \"$@\" 2>said", "sh");
        Assert.Equal((5, ""), (run.Result.ExitCode, run.Result.Output));
        string[] lines = File.ReadAllLines(directory.Path("said"));
        Assert.Contains("--survivors", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.EndsWith(" sh (sh told)", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("--survivors", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.StartsWith("fptrace: ", line, StringComparison.Ordinal));
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
        Assert.Contains("2 create late", run.OwnAccesses);
    }

    [SkippableTheory]
    [AllEngines("sleep 60")]
    [AllEngines("sh -c \"trap '' TERM; sleep 60; sleep 60\"")]
    [AllEngines("sh -c 'kill -STOP $$'")]
    public void Kill_EndsThemAndSaysSo(string engine, string survivor)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.With(directory, engine, ["--survivors", "kill"],
            ["sh", "-c", $"setsid {survivor} & while ! test -e /proc/$!/root; do :; done; exit 5"]);
        Assert.Equal(5, run.Result.ExitCode);
        Assert.False(run.Trace.IsComplete);
        Assert.Contains("\"survivor\"", run.Trace.Verdict, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("kill", 122)]
    [InlineData("linger", 122)]
    [InlineData("wait", 5)]
    public void CompleteTraceRequired_ASurvivorIsAFailure(string policy, int exitCode)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.With(directory, "auto", ["--survivors", policy, "--require-complete", "-q"],
            ["sh", "-c",
            "(trap '' TERM; : > ready; sleep 1) >/dev/null 2>&1 & while ! test -e ready; do :; done; exit 5"]);
        Assert.Equal(exitCode, run.Result.ExitCode);
        Assert.Equal(exitCode == 5
            ? ""
            : "fptrace: the command ended with exit status 5, but the trace is not complete as --require-complete "
                + "demands\n", run.Result.Error);
        Assert.NotEmpty(run.Deps);
    }

    [SkippableTheory]
    [AllEngines]
    public void Linger_ReturnsWithTheCommandAndTheyGoOn(string engine)
    {
        using var directory = new WorkDirectory();

        // It has calls of every kind to make after we returned: to be answered, to be stopped at, to start programs.
        const string Survivor =
            "echo $$ > pid; while ! test -e go; do sleep 0.05; done; cat go > copy; mv copy moved; rm go; env true; "
                + "echo done > end; mv end done";
        directory.Write("survivor", Survivor);
        TracedRun run = TracedRun.With(directory, engine, ["--survivors", "linger"],
            ["sh", "-c", "setsid sh survivor >/dev/null 2>&1 & while ! test -s pid; do :; done; echo text; exit 5"]);

        // That we are here says that nobody holds the pipes any more.
        Assert.Equal((5, "text\n"), (run.Result.ExitCode, run.Result.Output));
        Assert.Matches("^fptrace: the trace is incomplete: survivor: [^\n]+\n$", run.Result.Error);
        Assert.False(run.Trace.IsComplete);
        Assert.Contains("\"survivor\"", run.Trace.Verdict, StringComparison.Ordinal);
        Assert.NotEmpty(run.Deps);
        int pid = int.Parse(File.ReadAllText(directory.Path("pid")), CultureInfo.InvariantCulture);
        directory.Write("go", "go\n");
        LiveRun.AwaitEnd(pid);
        Assert.Equal("done\n", File.ReadAllText(directory.Path("done")));
        Assert.Equal("go\n", File.ReadAllText(directory.Path("moved")));
    }

    [SkippableTheory]
    [AllEngines]
    public void Linger_WithoutSurvivors_IsComplete(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.With(directory, engine, ["--survivors", "linger"], SeedPipelineTests.Command);
        SeedPipelineTests.AssertRecords(run, directory);
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
        Assert.Equal(139,
            TracedRun.With(directory, engine, ["--survivors", "linger"],
            ["sh", "-c", "kill -SEGV $$"]).Result.ExitCode);
    }

    /// <summary>The signal comes before the tool has seen the end of the first process.</summary>
    [SkippableTheory]
    [AllEngines]
    public void SignalAfterTheEndOfTheFirstProcess_EndsThem(string engine)
    {
        Requires.Program("setsid");
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);

        // Which thread of the tool is the first to go on is a matter of chance.
        for (int i = 0; i < 5; i++)
        {
            File.Delete(directory.Path("pids"));
            using LiveRun run = LiveRun.Start(directory, engine, [],
                ["sh", "-c", "sleep 1000 & echo $$ $! > pids; wait"]);
            int[] pids = Array.ConvertAll(run.Await("pids", text => text.EndsWith('\n')).Split(' '),
                text => int.Parse(text, CultureInfo.InvariantCulture));
            LiveRun.Kill(signal.SIGSTOP, run.Pid);
            LiveRun.Kill(signal.SIGKILL, pids[0]);
            LiveRun.AwaitEnd(pids[0]);
            LiveRun.Kill(signal.SIGTERM, run.Pid);
            LiveRun.Kill(signal.SIGCONT, run.Pid);
            Assert.Equal(128 + signal.SIGKILL, run.AwaitExit());
            LiveRun.AwaitEnd(pids[1]);
        }
    }

    [SkippableTheory]
    [AllEngines]
    public void WaitThatIsInterrupted_EndsThem(string engine)
    {
        Requires.Program("setsid");
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        using LiveRun run = LiveRun.Start(directory, engine, [],
            ["sh", "-c", "setsid sleep 60 & (while test -e /proc/$$/fd/0; do :; done; echo over > over) & exit 5"]);
        run.Await("over", text => text.Length > 0);
        LiveRun.Kill(Linux.Headers.signal.SIGTERM, run.Pid);
        Assert.Equal(5, run.Finish().ExitCode);
        TraceFile trace = TraceFile.Read(Path.Combine(directory.Results, "trace.json"));
        Assert.Contains("\"survivor\"", trace.Verdict, StringComparison.Ordinal);
        Assert.Contains("\"interrupted\"", trace.Verdict, StringComparison.Ordinal);
    }
}
