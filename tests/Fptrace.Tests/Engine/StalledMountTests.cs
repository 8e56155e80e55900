using System.Diagnostics;
using Fptrace.Linux.Headers;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>A file system whose server does not answer keeps waiting whoever asks it, and nobody else.</summary>
public sealed class StalledMountTests
{
    [SkippableTheory]
    [AllEngines]
    public void StalledMount_KeepsNobodyElseWaiting_AndIsRecorded(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        using Process daemon = Mount(directory);
        try
        {
            LiveRun.Kill(signal.SIGSTOP, daemon.Id);
            using var run = LiveRun.Start(directory, engine, [], [TestPrograms.Path("stalled")]);
            run.Await("went-on", _ => File.Exists(directory.Path("went-on")));
            LiveRun.Kill(signal.SIGCONT, daemon.Id);
            TracedRun traced = TracedRun.Of(directory, run.Finish()).Succeeded();
            Assert.True(traced.Trace.IsComplete, traced.Trace.Verdict);
            DepsRecord record = Assert.Single(traced.Deps);
            Assert.Contains(directory.Path("mnt/file"), record.Inputs);
            Assert.Contains(directory.Path("mnt/new"), record.Outputs);
            Assert.Equal(500, record.Outputs.Count(path => Path.GetFileName(path).StartsWith('f')));
        }
        finally
        {
            Unmount(directory, daemon);
        }
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
        using Process daemon = Mount(directory);
        try
        {
            string program = TestPrograms.Path("stalledlate");
            File.Copy(program, directory.Path("interpreter"));
            directory.Write("src/script", "#!./interpreter\n");
            directory.Write("src/hidden", "");
            File.SetUnixFileMode(directory.Path("src/script"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
            using var run = LiveRun.Start(directory, engine, [], [program, $"{daemon.Id}"]);
            run.Await("went-on", _ => File.Exists(directory.Path("went-on")));
            LiveRun.Kill(signal.SIGCONT, daemon.Id);
            TracedRun traced = TracedRun.Of(directory, run.Finish()).Succeeded();
            Assert.True(traced.Trace.IsComplete, traced.Trace.Verdict);
            Assert.Equal(2, traced.Deps.Count);
            Assert.Contains(traced.Deps, record => record.Path == directory.Path("mnt/script"));
            DepsRecord first = Assert.Single(traced.Deps, record => record.Path == program);
            Assert.Contains(directory.Path("mnt/socket"), first.Outputs);
            Assert.Contains(directory.Path("mnt/hidden"), first.Outputs);
            Assert.Equal(500, first.Outputs.Count(path => path.StartsWith(directory.Path("f"))));
        }
        finally
        {
            Unmount(directory, daemon);
        }
    }

    /// <summary>The daemon is a process of the command: what it does itself is handled while others of the command wait
    /// for it.</summary>
    [SkippableTheory]
    [AllEngines]
    public void DaemonInsideOfTheCommand_Answers(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        RequireFuse();
        Prepare(directory);
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

    private static void RequireFuse()
    {
        Requires.Program("bindfs");
        Requires.Program("fusermount3");
        Requires.That(File.Exists("/dev/fuse"), "needs /dev/fuse");
    }

    private static void Prepare(WorkDirectory directory)
    {
        Directory.CreateDirectory(directory.Path("src"));
        Directory.CreateDirectory(directory.Path("mnt"));
        directory.Write("src/file", "file\n");
        directory.Write("src/old", "old\n");
    }

    private static Process Mount(WorkDirectory directory)
    {
        RequireFuse();
        Prepare(directory);
        Process daemon = CommandRunner.Start(
            directory.Work,
            ["bindfs", "-f", "--no-allow-other", "-o", "attr_timeout=0,entry_timeout=0", "src", "mnt"]);
        for (int i = 0; i < 3000
            && !File.ReadAllText("/proc/self/mountinfo").Contains(directory.Path("mnt"), StringComparison.Ordinal); i++)
        {
            Requires.That(!daemon.HasExited, "needs the right to mount FUSE");
            Thread.Sleep(10);
        }

        return daemon;
    }

    private static void Unmount(WorkDirectory directory, Process daemon)
    {
        LiveRun.Kill(signal.SIGCONT, daemon.Id);
        CommandRunner.Run(directory.Work, ["fusermount3", "-u", "-z", "mnt"]);
        Assert.True(daemon.WaitForExit(TimeSpan.FromMinutes(1)));
    }
}
