using System.Globalization;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>A signal reaches the command once, whether it was sent to the tool, to the group or to the
/// command.</summary>
public sealed class SignalTests
{
    private const int SIGUSR1 = 10;

    [SkippableTheory]
    [AllEngines]
    public void SignalsThatTheToolWasToldToIgnore_StayIgnored(string engine)
    {
        Requires.Program("setsid");
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        using LiveRun run = LiveRun.Start(directory, engine, [], [TestPrograms.Path("tally")], "sh", "-c",
            "trap '' HUP INT QUIT; exec \"$@\"", "sh");
        int command = Number(run.Await("tally", text => text.StartsWith("pid ", StringComparison.Ordinal)), "pid");
        foreach (int number in new[] { signal.SIGHUP, signal.SIGINT, signal.SIGQUIT })
        {
            LiveRun.Kill(number, run.Pid);
            LiveRun.Kill(number, -run.Pid);
        }

        LiveRun.Kill(SIGUSR1, command);
        CommandResult result = run.Finish();
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        TraceFile trace = TraceFile.Read(Path.Combine(directory.Results, "trace.json"));
        Assert.True(trace.IsComplete, trace.Verdict);
    }

    [SkippableTheory]
    [AllEngines("-INT")]
    [AllEngines("-TERM")]
    [AllEngines("-HUP")]
    [AllEngines("-QUIT")]
    public void CommandThatKillsItsOwn_IsNotInterrupted(string engine, string number)
    {
        using var directory = new WorkDirectory();
        // Whoever starts the tests may ignore them.
        TracedRun run = TracedRun.Of(directory, engine, "env", "--default-signal=INT,QUIT,TERM,HUP", "sh", "-c",
            $"env sleep 1 & kill {number} $!; env kill {number} $$; sleep 60");
        Assert.True(run.Result.ExitCode > 128, run.Result.Error);
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }

    /// <summary>The tool itself got none: that alone would be a reason.</summary>
    [SkippableTheory]
    [AllEngines]
    public void CommandThatIsKilledFromOutside_IsInterrupted(string engine)
    {
        Requires.Program("setsid");
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        using LiveRun run = LiveRun.Start(directory, engine, [],
            ["env", "--default-signal=TERM", "sh", "-c", "echo $$ > pid; exec sleep 60"]);
        LiveRun.Kill(signal.SIGTERM,
            int.Parse(run.Await("pid", text => text.EndsWith('\n')), CultureInfo.InvariantCulture));
        Assert.Equal(143, run.Finish().ExitCode);
        TraceFile trace = TraceFile.Read(Path.Combine(directory.Results, "trace.json"));
        Assert.Contains("\"interrupted\"", trace.Verdict, StringComparison.Ordinal);
        Assert.Contains("signal 15 from outside", trace.Verdict, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [AllEngines("wait")]
    [AllEngines("linger")]
    public void KilledTool_LeavesNoTracee(string engine, string survivors)
    {
        Requires.Program("setsid");
        using var directory = new WorkDirectory();

        // An earlier run's output stays.
        TracedRun.Of(directory, engine, "true").Succeeded();
        DateTime before = File.GetLastWriteTimeUtc(Path.Combine(directory.Results, "deps.json"));
        using LiveRun run = LiveRun.Start(directory, engine, ["--survivors", survivors],
            ["sh", "-c", "setsid sleep 60 & echo $! > other; echo pid $$ . > first; sleep 60"]);
        int first = Number(run.Await("first", text => text.EndsWith(".\n", StringComparison.Ordinal)), "pid");
        int other = int.Parse(File.ReadAllText(directory.Path("other")), CultureInfo.InvariantCulture);
        LiveRun.Kill(signal.SIGKILL, run.Pid);
        Assert.Equal(137, run.AwaitExit());
        LiveRun.AwaitKill(first);
        LiveRun.AwaitKill(other);
        Assert.Equal(before, File.GetLastWriteTimeUtc(Path.Combine(directory.Results, "deps.json")));
    }

    [SkippableTheory]
    [AllEngines]
    public void StoppedCommand_GoesOnAfterItsOwnSigcont(string engine)
    {
        using var directory = new WorkDirectory();

        // The child has calls of its own to make while its parent stands still.
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c",
            "(while ! grep -q '^State:.[Tt]' /proc/$$/status; do :; done; echo stopped > mark; kill -CONT $$) & kill "
            + "-STOP $$; cat mark; wait").Succeeded();
        Assert.Equal("stopped\n", run.Result.Output);
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }

    [SkippableTheory]
    [AllEngines("interrupted", 64)]
    [AllEngines("interrupted", 32)]
    [AllEngines("awaited", 64)]
    [AllEngines("awaited", 32)]
    [AllEngines("waiting", 64)]
    [AllEngines("waiting", 32)]
    public void Signal_EndsTheCallsThatItEndsUntraced(string engine, string program, int bits)
    {
        string binary = TestPrograms.Path(program, bits);
        using var directory = new WorkDirectory();
        TestProgram.Read(program).Prepare(directory);
        TracedRun run = TracedRun.With(directory, engine, ["--probes"], [binary]).Succeeded();
        Assert.True(program != "interrupted" || run.Trace.IsComplete, run.Trace.Verdict);
    }

    [SkippableTheory]
    [AllEngines(64)]
    [AllEngines(32)]
    public void SignalThatDoesNothing_EndsNoWaitAndProlongsNone(string engine, int bits)
    {
        using var directory = new WorkDirectory();
        TracedRun.With(directory, engine, ["--probes"], [TestPrograms.Path("unmoved", bits)]).Succeeded();
    }

    [SkippableTheory]
    [AllEngines(64)]
    [AllEngines(32)]
    public void SignalThatDoesNothing_MovesNoDeadline(string engine, int bits)
    {
        using var directory = new WorkDirectory();
        TracedRun.With(directory, engine, [], [TestPrograms.Path("deadline", bits)]).Succeeded();
    }

    /// <summary>Without a terminal the tool, or its proxy, does not stop with the command.</summary>
    [SkippableTheory]
    [AllEngines("wait")]
    [AllEngines("linger")]
    public void StoppedCommand_WithoutTerminal_GetsSignals(string engine, string survivors)
    {
        Requires.Program("setsid");
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        using LiveRun run = LiveRun.Start(directory, engine, ["--survivors", survivors],
            ["env", "--default-signal=TERM", "sh", "-c", "trap 'echo > got' TERM; (while [ ! -e go ]; do sleep 0.01; "
                + "done; while kill -CONT $$; do sleep 0.01; done) 2>&- & "
                + "echo $$ > pid; kill -STOP $$; while [ ! -e got ]; do sleep 0.01; done; exit 3"]);
        int pid = int.Parse(run.Await("pid", text => text.EndsWith('\n')), CultureInfo.InvariantCulture);
        run.Await("pid", _ => ProcessStatus.Of(pid).IsInTracingStop);
        LiveRun.Kill(signal.SIGTERM, run.Pid);
        run.Await("pid", _ => ProcessStatus.Of(pid).HasPending(signal.SIGTERM) || File.Exists(directory.Path("got")));
        directory.Write("go", "");
        Assert.Equal(3, run.Finish().ExitCode);
    }

    [SkippableTheory]
    [AllEngines]
    public void CommandThatStopsItsTracer_GoesOnAfterSigcont(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        const string Command = "echo $PPID > tracer; mv tracer stops; kill -STOP $PPID; echo text > out; cat out";
        const string Around = "\"$@\" & until grep -qs '^State:.T' /proc/$(cat stops 2>/dev/null)/status; "
            + "do sleep 0.01; done; kill -CONT $(cat stops); wait $!";
        CommandResult result = CommandRunner.Run(directory.Work,
            ["sh", "-c", Around, "sh", .. TracedRun.CommandLine(directory, engine, [], ["sh", "-c", Command])]);
        TracedRun run = TracedRun.Of(directory, result).Succeeded();
        Assert.Equal(("text\n", ""), (result.Output, result.Error));
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
        Assert.Equal(["out"], run.Short(run.Record("cat").OwnInputs));
    }

    private static int Number(string tally, string name)
    {
        string[] words = tally.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int at = Array.IndexOf(words, name);
        return at >= 0 && at + 1 < words.Length
            && int.TryParse(words[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : -1;
    }
}
