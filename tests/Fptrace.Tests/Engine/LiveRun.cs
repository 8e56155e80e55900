using System.Diagnostics;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>A run of the real executable that goes on while the test acts on it.</summary>
/// <remarks>In a session of its own: what the test signals is its process group, and it has no terminal.</remarks>
internal sealed class LiveRun : IDisposable
{
    private readonly WorkDirectory _directory;
    private readonly IReadOnlyList<string> _command;
    private readonly Process _process;

    private LiveRun(WorkDirectory directory, IReadOnlyList<string> command)
    {
        _directory = directory;
        _command = command;
        _process = CommandRunner.Start(directory.Work, command);
    }

    /// <summary>The process that a caller waits for.</summary>
    public int Pid => _process.Id;

    /// <param name="directory">Where the command runs.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="options">Of the tool.</param>
    /// <param name="command">The traced one.</param>
    /// <param name="around">A command such as a shell that starts the tool in its own place.</param>
    public static LiveRun Start(WorkDirectory directory, string engine, IReadOnlyList<string> options,
        IReadOnlyList<string> command, params IReadOnlyList<string> around) =>
        new(directory, ["setsid", .. around, .. TracedRun.CommandLine(directory, engine, options, command)]);

    /// <summary>Waits until a file of the working directory says what is wanted.</summary>
    public string Await(string file, Func<string, bool> wanted)
    {
        // Asked again and again: inotify would report each write and not whether enough is there.
        string text = "";
        Wait.Until(() =>
        {
            text = File.Exists(_directory.Path(file)) ? File.ReadAllText(_directory.Path(file)) : "";
            return wanted(text) || _process.HasExited;
        });
        if (wanted(text))
        {
            return text;
        }

        Assert.Fail($"{file} is '{text}', and the tool " + (_process.HasExited
            ? $"ended with {_process.ExitCode}: {_process.StandardError.ReadToEnd()}"
            : "runs"));
        return text;
    }

    /// <summary>Waits for the tool alone: what it has left behind may hold its output.</summary>
    public int AwaitExit()
    {
        Assert.True(_process.WaitForExit(Wait.Limit), "the tool does not end");
        return _process.ExitCode;
    }

    public CommandResult Finish() => CommandRunner.Finish(_process, _command);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    /// <summary>kill(2); a negative number is a group.</summary>
    public static void Kill(int number, int pid) => Assert.True(Children.Kill(pid, number));

    /// <summary>Waits until a process is gone, or a zombie that its parent has not looked at.</summary>
    public static void AwaitEnd(int pid) =>
        Assert.True(Wait.Until(() => !ProcessStatus.Of(pid).IsAlive), $"process {pid} still runs");

    /// <summary>The same for one that was killed. If it was not there is nothing to wait for, and it is killed
    /// now.</summary>
    public static void AwaitKill(int pid)
    {
        // SIGKILL wakes whoever sleeps.
        for (int i = 0; i < 100 && Sleeps(pid); i++)
        {
            Thread.Sleep(10);
        }

        if (Sleeps(pid))
        {
            Kill(signal.SIGKILL, pid);
            Assert.Fail($"process {pid} was not killed");
        }

        AwaitEnd(pid);
    }

    private static bool Sleeps(int pid) =>
        Files.ReadAll(System.Text.Encoding.ASCII.GetBytes($"/proc/{pid}/status\0")).AsSpan()
            .IndexOf("\nState:\tS"u8) >= 0;
}
