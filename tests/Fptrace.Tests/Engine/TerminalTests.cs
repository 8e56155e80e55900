using System.Globalization;
using System.Text.RegularExpressions;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>Programs at a terminal do what they do without a tracer, and the terminal shows the same.</summary>
/// <remarks>Each test is a dialogue that is held twice, and a third time under <c>fptrace run</c>. T is the tracer or
/// nothing, J is tests/programs/job.c.</remarks>
public sealed partial class TerminalTests
{
    private static readonly string[] s_shell = ["bash", "--norc", "--noprofile", "--noediting", "-i"];

    [SkippableTheory]
    [AllEngines("bash --norc --noprofile --noediting -i")]
    [AllEngines("sh -i")]
    public void TracedShell_ControlsItsJobs(string engine, string shell) =>
        AssertSame(engine, ["sh", "-c", $"exec $T {shell}"], terminal =>
    {
        terminal.Await(Terminal.Prompt);
        terminal.Command("ulimit -c 0; mkfifo fifo; exec 5<>fifo; stty -g > before");
        Interrupt(terminal, "$J", Terminal.CtrlC, 130);
        Interrupt(terminal, "$J", Terminal.CtrlBackslash, 131);
        Start(terminal, "$J");
        Stop(terminal);
        terminal.Type("fg\n");
        terminal.Await("continued");
        Say(terminal, "words");
        terminal.Command("end");
        Background(terminal, "$J");
        terminal.Type("stty -g > after; cmp before after && exit 7\n");
    });

    [SkippableTheory]
    [AllEngines]
    public void TracedJob_StopsAndGoesOn(string engine) => AssertSame(engine, s_shell, terminal =>
    {
        terminal.Await(Terminal.Prompt);
        terminal.Command("ulimit -c 0; mkfifo fifo; exec 5<>fifo");
        Start(terminal, "$T $J");
        for (int i = 0; i < 2; i++)
        {
            Stop(terminal);
            terminal.Command("jobs");
            terminal.Type("fg\n");
            terminal.Await("continued");
        }

        Say(terminal, "words");
        terminal.Command("end");
        Background(terminal, "$T $J");
        Interrupt(terminal, "$T $J", Terminal.CtrlC, 130);
        Interrupt(terminal, "$T $J", Terminal.CtrlBackslash, 131);
        terminal.Type("exit 5\n");
    });

    /// <summary>A program that ran untraced to keep its rights is a job like others.</summary>
    [SkippableFact]
    public void ReleasedJob_StopsGoesOnAndIsInterrupted()
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to make a set-user-ID program");
        Requires.Program("setpriv");
        using var directory = new WorkDirectory();
        using Terminal terminal = Terminal.Start(directory, Tracers(directory, "syscall")[1], s_shell);
        terminal.Await(Terminal.Prompt);
        terminal.Command("ulimit -c 0; cp $J job; chmod 4755 job; chmod 666 $(tty)");
        string job = string.Join(' ', UnprivilegedTests.Launcher) + " $T ./job";
        Start(terminal, job);
        Stop(terminal);
        terminal.Type("fg\n");
        terminal.Await("continued");
        Say(terminal, "words");
        Stop(terminal);
        terminal.Type("fg\n");
        terminal.Await("continued");
        terminal.Type("end\n");
        terminal.Await(Terminal.Prompt);
        Interrupt(terminal, job, Terminal.CtrlC, 130);
        Interrupt(terminal, job, Terminal.CtrlBackslash, 131);
        terminal.Type("exit 5\n");
        Assert.Equal(5, terminal.Finish());
    }

    [SkippableTheory]
    [AllEngines]
    public void ChangedSize_Arrives(string engine) => AssertSame(engine, ["sh", "-c", "exec $T $J"], terminal =>
    {
        terminal.Await("going\r\n");
        terminal.Resize(33, 111);
        terminal.Await("size 33 111");
        terminal.Type("end\n");
    });

    /// <summary>Only by the signal does a shell know that the program did not leave the terminal as it wants
    /// it.</summary>
    [SkippableTheory]
    [AllEngines]
    public void ProgramKilledInRawMode_LeavesAUsableTerminal(string engine) => AssertSame(engine, s_shell, terminal =>
    {
        terminal.Await(Terminal.Prompt);
        terminal.Command("stty -g > before");
        Start(terminal, "$T $J");
        terminal.Command("raw");
        terminal.Type("echo status $?; stty -g > after; cmp before after && exit 4\n");
        terminal.Await("status 137");
    });

    /// <summary>A shell goes on with its script when what it ran merely says 130.</summary>
    [SkippableTheory]
    [AllEngines]
    public void CtrlC_EndsTheScriptToo(string engine) =>
        AssertSame(engine, ["bash", "-c", "$T $J; echo went on"], terminal =>
    {
        terminal.Await("going\r\n");
        terminal.Type(Terminal.CtrlC);
    });

    [SkippableTheory]
    [AllEngines]
    public void Editor_EditsStopsAndGoesOn(string engine)
    {
        Requires.Program("vi");
        using var directory = new WorkDirectory();
        foreach (IReadOnlyList<string> tracer in Tracers(directory, engine))
        {
            directory.Write("file", "first\n");
            using Terminal terminal = Terminal.Start(directory, tracer, s_shell);
            terminal.Await(Terminal.Prompt);
            terminal.Command("stty -g > before");
            terminal.Type("$T vi -u NONE -i NONE file\n");
            terminal.Await("1 line");
            terminal.Type("isecond " + Terminal.Escape);
            terminal.Await("second");
            terminal.Type(Terminal.CtrlZ);
            terminal.Await(Terminal.Prompt);
            terminal.Command("stty -g > stopped");
            terminal.Type("fg\n");
            terminal.Await("second first");
            terminal.Type(":wq\r");
            terminal.Await(Terminal.Prompt);
            terminal.Type("stty -g > after; cmp before stopped && cmp before after && exit 4\n");
            Assert.Equal(4, terminal.Finish());
            Assert.Equal("second first\n", File.ReadAllText(directory.Path("file")));
        }
    }

    [SkippableTheory]
    [AllEngines]
    public void Top_ShowsProcessesAndRestoresTheTerminal(string engine)
    {
        Requires.Program("top");
        using var directory = new WorkDirectory();
        foreach (IReadOnlyList<string> tracer in Tracers(directory, engine))
        {
            using Terminal terminal = Terminal.Start(directory, tracer, s_shell);
            terminal.Await(Terminal.Prompt);
            terminal.Command("stty -g > before");
            terminal.Type("$T top -d 60\n");
            terminal.Await("COMMAND");
            terminal.Type("q");
            terminal.Await(Terminal.Prompt);
            terminal.Type("echo status $?; stty -g > after; cmp before after && exit 4\n");
            terminal.Await("status 0");
            Assert.Equal(4, terminal.Finish());
        }
    }

    [SkippableTheory]
    [AllEngines("exec $T ", false)]
    [AllEngines("$T ", true)]
    public void HungUpTerminal_EndsCommandAndTool(string engine, string how, bool inShell)
    {
        using var directory = new WorkDirectory();
        foreach (IReadOnlyList<string> tracer in Tracers(directory, engine))
        {
            string command = how + "sh -c 'sleep 600 & echo $$ $! > pids; echo going; wait'";
            using Terminal terminal = Terminal.Start(directory, tracer, inShell ? s_shell : ["sh", "-c", command]);
            if (inShell)
            {
                terminal.Await(Terminal.Prompt);
                terminal.Type(command + "\n");
            }

            terminal.Await("going\r\n");
            int[] pids = [.. File.ReadAllText(directory.Path("pids")).Split(' ')
                .Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];
            terminal.HangUp();
            Assert.Equal(129, terminal.Finish());
            Assert.All(pids, LiveRun.AwaitEnd);
        }
    }

    private static void Start(Terminal terminal, string command)
    {
        terminal.Type(command + "\n");
        terminal.Await("going\r\n");
    }

    private static void Interrupt(Terminal terminal, string command, string key, int status)
    {
        Start(terminal, command);
        terminal.Type(key);
        terminal.Await(Terminal.Prompt);
        terminal.Type("echo status $?\n");
        terminal.Await(FormattableString.Invariant($"status {status}"));
        terminal.Await(Terminal.Prompt);
    }

    private static void Stop(Terminal terminal)
    {
        terminal.Type(Terminal.CtrlZ);
        terminal.Await("Stopped");
        terminal.Await(Terminal.Prompt);
    }

    // It reads from a pipe: whoever reads from the terminal in the background is stopped again.
    private static void Background(Terminal terminal, string command)
    {
        Start(terminal, command + " <&5");
        Stop(terminal);
        terminal.Type("bg\n");
        terminal.Await("continued", Terminal.Prompt);
        terminal.Type("echo aside >&5\n");
        terminal.Await("got aside", Terminal.Prompt);
        terminal.Type("echo end >&5; wait %1; echo status $?\n");
        terminal.Await("status 3");
        terminal.Await(Terminal.Prompt);
    }

    private static void Say(Terminal terminal, string words)
    {
        terminal.Type(words + "\n");
        terminal.Await("got " + words);
    }

    private static IReadOnlyList<string>[] Tracers(WorkDirectory directory, string engine)
    {
        Requires.Program("bash");
        TracedRun.RequireEngine(directory, engine);
        IReadOnlyList<string> trace = TracedRun.CommandLine(directory, engine, ["-q"], []);

        // To the command's terminal run does the same under each engine.
        return engine == Engines.Names[0]
            ? [[], trace,
                [.. FptraceExecutable.Command, "run", "-q", "--stdin", "--force", "--engine", engine, "--manifest",
                "manifest.json", "--"]]
            : [[], trace];
    }

    private static void AssertSame(string engine, IReadOnlyList<string> session, Action<Terminal> dialogue)
    {
        using var directory = new WorkDirectory();
        List<(int Status, string Shown)> seen = [];
        foreach (IReadOnlyList<string> tracer in Tracers(directory, engine))
        {
            using Terminal terminal = Terminal.Start(directory, tracer, session);
            dialogue(terminal);
            seen.Add((terminal.Finish(), Incidental().Replace(terminal.Shown, "")));
            directory.Clear();
        }

        Assert.All(seen, other => Assert.Equal(seen[0].Shown, other.Shown));
        Assert.All(seen, other => Assert.Equal(seen[0].Status, other.Status));
    }

    // A job in the background and its shell write as they come, and the shell may or may not see the end of a job that
    // it waits for anyway.
    [GeneratedRegex(@"continued\r\n|got aside\r\n|\[1\] ?\+ +(Done|Exit)[^\r]*\r\n")]
    private static partial Regex Incidental();
}
