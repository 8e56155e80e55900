using System.Diagnostics;
using Fptrace.Linux.Headers;
using Fptrace.Support;

namespace Fptrace.Engine.Mounts;

/// <summary>SIGKILL ends the tool although a file system holds whoever has asked it.</summary>
public sealed class KilledAtStalledMountTests
{
    public static TheoryData<string, string, string> Cases()
    {
        var cases = new TheoryData<string, string, string>();
        foreach (string engine in new[] { "notify", "ptrace", "syscall" })
        {
            cases.Add(engine, "trace", "cat mnt/file");
            cases.Add(engine, "trace", "ls mnt/dir");
            cases.Add(engine, "undelete", "rm mnt/file");
            cases.Add(engine, "run", "cat mnt/file");
            cases.Add(engine, "run", "ls mnt/dir");
        }

        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void DaemonOutsideOfTheCommand(string engine, string verb, string command)
    {
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        using var mount = StalledMount.Begin(directory);
        mount.Stop();
        AssertThatKillEnds(directory, [.. Words(directory, verb, engine), "sh", "-c", command], mount);
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void DaemonInsideOfTheCommand(string engine, string verb, string command)
    {
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        StalledMount.Require();
        StalledMount.Prepare(directory);
        try
        {
            AssertThatKillEnds(
                directory,
                [.. Words(directory, verb, engine), "sh", "-c",
                    // A signal takes its time, and the daemon may answer meanwhile. So ask until it does not.
                    "bindfs -f --no-allow-other -o attr_timeout=0,entry_timeout=0 src mnt & "
                    + "while ! [ -e mnt/old ]; do :; done; kill -STOP $!; "
                    + $"while :; do {command}; done"],
                null);
        }
        finally
        {
            CommandRunner.Run(directory.Work, ["fusermount3", "-q", "-u", "-z", "mnt"]);
        }
    }

    /// <summary>The check itself asks, and nothing is traced yet.</summary>
    [SkippableTheory]
    [InlineData("check")]
    [InlineData("restore")]
    public void CheckOfAStep(string what)
    {
        using var directory = new WorkDirectory();
        using var mount = StalledMount.Begin(directory);
        string[] words = [.. FptraceExecutable.Command, "run", "--cache=" + directory.Path("store"), "--", "sh", "-c",
            "cat mnt/file > mnt/copy"];
        Assert.Equal(0, CommandRunner.Run(directory.Work, words).ExitCode);
        if (what == "restore")
        {
            File.Delete(directory.Path("src/copy"));
        }

        mount.Stop();
        AssertThatKillEnds(directory, words, mount);
    }

    /// <summary>Whoever kills the whole group kills the tracer, too, and reads the pipes to their end all the same.
    /// </summary>
    [SkippableTheory]
    [AllEngines]
    public void KilledGroup_LeavesNoPipeOpen(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun.RequireEngine(directory, engine);
        using var mount = StalledMount.Begin(directory);
        mount.Stop();
        AssertThatKillEnds(directory, [.. Words(directory, "trace", engine), "cat", "mnt/file"], mount, group: true);
    }

    private static IEnumerable<string> Words(WorkDirectory directory, string verb, string engine) =>
    [
        .. FptraceExecutable.Command,
        .. (IEnumerable<string>)(verb switch
        {
            "run" => ["run"],
            "undelete" => ["-u", "--undelete-dir", directory.Path("kept")],
            _ => ["-d", directory.Path("deps.json")],
        }),
        "--engine", engine, "--",
    ];

    private static void AssertThatKillEnds(WorkDirectory directory, IReadOnlyList<string> words, StalledMount? mount,
        bool group = false)
    {
        using Process tool = CommandRunner.Start(directory.Work, ["setsid", .. words]);
        try
        {
            AwaitHeld(tool);
            LiveRun.Kill(signal.SIGKILL, group ? -tool.Id : tool.Id);

            // The daemon stands still until it has ended, so a tool that waits for it would never end. How long the end
            // takes says how busy the machine is.
            Assert.True(tool.WaitForExit(Wait.Limit), "SIGKILL does not end the tool");

            // The command's processes may wait for the file system as well, as they would without us. Where none does,
            // the pipes close.
            Task<string> output = tool.StandardOutput.ReadToEndAsync();
            Assert.True(!group || output.Wait(Wait.Limit), "a pipe of the caller is still open");
        }
        finally
        {
            tool.Kill();
            mount?.Continue();
        }
    }

    /// <summary>Waits until the daemon does not answer a thread of the tool.</summary>
    private static void AwaitHeld(Process tool)
    {
        bool isHeld = false;
        Wait.Until(() => (isHeld = Family(tool.Id).Any(IsHeld)) || tool.HasExited);
        Assert.True(isHeld, "nothing waits for the file system: " + string.Join("; ", Family(tool.Id).SelectMany(pid =>
            Threads(pid).Select(thread => ReadAll(thread + "/comm").Trim() + " " + ReadAll(thread + "/wchan")))));
    }

    private static IEnumerable<int> Family(int pid)
    {
        var children = new List<int>();
        foreach (string thread in Threads(pid))
        {
            children.AddRange(ReadAll(thread + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(int.Parse));
        }

        return [pid, .. children.SelectMany(Family)];
    }

    private static bool IsHeld(int pid) =>
        Threads(pid).Any(thread => ReadAll(thread + "/wchan") == "request_wait_answer");

    private static string[] Threads(int pid) => Ask(() => Directory.GetDirectories($"/proc/{pid}/task"), []);

    private static string ReadAll(string path) => Ask(() => File.ReadAllText(path), "");

    private static T Ask<T>(Func<T> question, T otherwise)
    {
        try
        {
            return question();
        }
        catch (IOException)
        {
            // It has ended.
            return otherwise;
        }
    }
}
