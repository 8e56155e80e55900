using Fptrace.Support;

namespace Fptrace.Engine.Mounts;

/// <summary>A file system whose server does not answer keeps waiting whoever asks it, and nobody else.</summary>
public sealed class StalledMountTests
{
    [SkippableTheory]
    [AllEngines]
    public void StalledMount_KeepsNobodyElseWaiting_AndIsRecorded(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        using var mount = StalledMount.Begin(directory);
        mount.Stop();
        using var run = LiveRun.Start(directory, engine, [], [TestPrograms.Path("stalled")]);
        run.Await("went-on", _ => File.Exists(directory.Path("went-on")));
        mount.Continue();
        TracedRun traced = TracedRun.Of(directory, run.Finish()).Succeeded();
        Assert.True(traced.Trace.IsComplete, traced.Trace.Verdict);
        DepsRecord record = Assert.Single(traced.Deps);
        Assert.Contains(directory.Path("mnt/file"), record.Inputs);
        Assert.Contains(directory.Path("mnt/new"), record.Outputs);
        Assert.Equal(500, record.Outputs.Count(path => Path.GetFileName(path).StartsWith('f')));
    }

    /// <summary>
    /// It stops to answer while a program starts from there, and while a thread ends inside of a call there. Others
    /// then use it through a socket and through a descriptor.
    /// </summary>
    [SkippableTheory]
    [AllEngines]
    public void MountThatStalls_DuringCalls_KeepsNobodyElseWaiting(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        using var mount = StalledMount.Begin(directory);
        string program = TestPrograms.Path("stalledlate");
        File.Copy(program, directory.Path("interpreter"));
        directory.Write("src/script", "#!./interpreter\n");
        directory.Write("src/hidden", "");
        File.SetUnixFileMode(directory.Path("src/script"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var run = LiveRun.Start(directory, engine, [], [program, $"{mount.DaemonId}"]);
        run.Await("went-on", _ => File.Exists(directory.Path("went-on")));
        mount.Continue();
        TracedRun traced = TracedRun.Of(directory, run.Finish()).Succeeded();
        Assert.True(traced.Trace.IsComplete, traced.Trace.Verdict);
        Assert.Equal(2, traced.Deps.Count);
        Assert.Contains(traced.Deps, record => record.Path == directory.Path("mnt/script"));
        DepsRecord first = Assert.Single(traced.Deps, record => record.Path == program);
        Assert.Contains(directory.Path("mnt/socket"), first.Outputs);
        Assert.Contains(directory.Path("mnt/hidden"), first.Outputs);
        Assert.Equal(500, first.Outputs.Count(path => path.StartsWith(directory.Path("f"))));
    }

    /// <summary>The daemon is a process of the command: what it does itself is handled while others of the command wait
    /// for it.</summary>
    [SkippableTheory]
    [AllEngines]
    public void DaemonInsideOfTheCommand_Answers(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        StalledMount.Require();
        StalledMount.Prepare(directory);
        const string Script =
            "bindfs --no-allow-other src mnt || exit 9; for i in 1 2 3 4 5 6 7 8; do cat mnt/file mnt/file & done; "
                + "wait; mv mnt/old mnt/new; echo x > mnt/made; "
            + "fusermount3 -u mnt";
        CommandResult result = CommandRunner.Run(
            directory.Work, TracedRun.CommandLine(directory, engine, [], ["sh", "-c", Script]),
            TimeSpan.FromMinutes(2));
        TracedRun traced = TracedRun.Of(directory, result).Succeeded();
        Assert.Equal(16, traced.Result.Output.Count(letter => letter == '\n'));
        Assert.Contains(traced.Deps, record => record.Inputs.Contains(directory.Path("mnt/file")));
        Assert.Contains(traced.Deps, record => record.Outputs.Contains(directory.Path("mnt/made")));
    }

    /// <summary>Others look there before the daemon has seen the end of its mount(2), and it waits for nobody but the
    /// tool. They rarely meet, so it is tried again and again.</summary>
    [SkippableTheory]
    [AllEngines]
    public void DaemonInsideOfTheCommand_MountsWhileOthersLook(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        Directory.CreateDirectory(directory.Path("mnt"));
        string program = TestPrograms.Path("mounting");
        Requires.That(CommandRunner.Run(directory.Work, [program, "mnt"]).ExitCode == 0,
            "needs the right to mount FUSE");
        for (int i = 0; i < 20; i++)
        {
            CommandResult result = CommandRunner.Run(directory.Work,
                [.. FptraceExecutable.Command, "run", "-q", "--manifest", "manifest", "--engine", engine, "--", program,
                    "mnt"]);
            Assert.True(result.ExitCode == 0, result.Error);
        }
    }

    /// <summary>What others mount while the command runs counts as well as what was there before.</summary>
    [SkippableTheory]
    [AllEngines]
    public void MountFromOutside_WhileTheCommandRuns_KeepsNobodyElseWaiting(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        StalledMount.Prepare(directory);
        using var run = LiveRun.Start(directory, engine, [],
            ["sh", "-ec", "echo > begun; while [ ! -e mounted ]; do sleep 0.01; done; exec \"$0\"",
                TestPrograms.Path("stalled")]);
        run.Await("begun", text => text.Length > 0);
        using var mount = StalledMount.Begin(directory);
        mount.Stop();
        directory.Write("mounted", "");
        run.Await("went-on", _ => File.Exists(directory.Path("went-on")));
        mount.Continue();
        TracedRun traced = TracedRun.Of(directory, run.Finish()).Succeeded();
        Assert.Contains(traced.Deps, record => record.Inputs.Contains(directory.Path("mnt/file")));
    }

    /// <summary>While such a mount is in use, calls are handled away from the ptrace thread, and signals still find
    /// them as they do untraced.</summary>
    [SkippableTheory]
    [AllEngines("interrupted")]
    [AllEngines("awaited")]
    public void Signal_WhileAMountIsInUse_EndsTheCallsThatItEndsUntraced(string engine, string program)
    {
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        TestProgram.Read(program).Prepare(directory);
        StalledMount.Require();
        StalledMount.Prepare(directory);
        TracedRun traced = TracedRun.With(directory, engine, ["--probes"],
            ["sh", "-c", "bindfs --no-allow-other src mnt || exit 9; cat mnt/file; \"$0\"; status=$?; "
                + "fusermount3 -u mnt; exit $status", TestPrograms.Path(program)]).Succeeded();
        Assert.Equal("file\n", traced.Result.Output);
    }

    /// <summary>Where there is such a mount the tracer gives up the standard streams. They keep their names.</summary>
    [SkippableTheory]
    [AllEngines]
    public void Streams_KeepTheirNames(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        using var mount = StalledMount.Begin(directory);
        TracedRun traced = TracedRun.Of(directory, engine, "sh", "-c", "cat mnt/file | tee copy").Succeeded();
        Assert.Equal("file\n", traced.Result.Output);
        Assert.Contains("/dev/stdout", traced.Record("tee").Outputs);
    }
}
