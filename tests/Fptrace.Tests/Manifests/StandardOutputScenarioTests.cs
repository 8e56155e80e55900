using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>Where stdout and stderr lead, and what becomes of what is printed there.</summary>
public sealed class StandardOutputScenarioTests
{
    [SkippableTheory]
    [AllEngines]
    public void File_IsTheCommandsAndPrintedAgain(string engine)
    {
        using var scenario = To("> out", engine, "sh", "-c", "echo 1; cat in; echo 2");
        scenario.Directory.Write("in", new string('x', 100_000) + "\n");
        scenario.RunTwice();
        string text = File.ReadAllText(scenario.Directory.Path("out"));
        Assert.Equal("1\n" + File.ReadAllText(scenario.Directory.Path("in")) + "2\n", text);
        scenario.Launcher = [];
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        Assert.Equal(text, scenario.Last.Output);
    }

    [SkippableTheory]
    [AllEngines("pieces", "one\ntwo\nthree\nend\n")]
    [AllEngines("otherwise", "one\ntwo\nend\n")]
    public void File_WrittenInOneWayOrAnother_IsPrintedAgain(string engine, string way, string text)
    {
        using var scenario = To(">> out", engine, TestPrograms.Path("prints"), way);
        scenario.Directory.Write("out", "before\n");
        scenario.RunTwice();
        Assert.Equal("before\n" + text + text, File.ReadAllText(scenario.Directory.Path("out")));
        scenario.Launcher = ["sh", "-c", "exec \"$@\" > out", "sh"];
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        Assert.Equal(text, File.ReadAllText(scenario.Directory.Path("out")));
    }

    /// <summary>Whoever looks at all files in a directory looks at that one, too.</summary>
    [SkippableTheory]
    [AllEngines]
    public void FileThatTheCommandLooksAt_EmptyAsTheShellLeavesIt_IsPrintedAgain(string engine)
    {
        using var scenario = To("> out", engine, "sh", "-c", "test -s out && echo full; echo printed");
        scenario.RunTwice();
        Assert.Equal("printed\n", File.ReadAllText(scenario.Directory.Path("out")));

        scenario.Launcher = ["sh", "-c", "exec \"$@\" >> out", "sh"];
        Assert.Equal("input changed: out", scenario.Run());
        Assert.Equal("printed\nfull\nprinted\n", File.ReadAllText(scenario.Directory.Path("out")));
    }

    /// <summary>cat asks for copy_file_range first, which a file that is open for appending does not get.</summary>
    [SkippableTheory]
    [AllEngines]
    public void FileOpenForAppending_CopiedByCat_IsPrintedAgain(string engine)
    {
        using var scenario = To(">> out", engine, "cat", "in");
        scenario.Directory.Write("in", "one\n");
        scenario.RunTwice();
        Assert.Equal("one\none\n", File.ReadAllText(scenario.Directory.Path("out")));
    }

    [SkippableTheory]
    [AllEngines("seek",
        "the file of its stdout holds other things than it wrote there one after the other: somebody else wrote there "
        + "meanwhile, or something could not be written")]
    [AllEngines("place",
        "what it printed on its stdout is not known: it wrote elsewhere than at the end of what it had written before")]
    [AllEngines("truncate",
        "it opened or changed its stdout by a name, so what it printed is not known; write to the descriptor, as in "
        + ">&2")]
    [AllEngines("reopen",
        "it opened or changed its stdout by a name, so what it printed is not known; write to the descriptor, as in "
        + ">&2")]
    [AllEngines("read", "what it printed on its stdout is not known: it read what stands there")]
    [AllEngines("rename", "it changed the file of its stdout by its name: out")]
    public void File_UsedOtherwise_RunsAgain(string engine, string way, string reason)
    {
        using var scenario = To("1<> out", engine, TestPrograms.Path("prints"), way);
        scenario.Run();
        Assert.Equal(reason, scenario.Refusal());
    }

    [SkippableTheory]
    [AllEngines]
    public void SomebodyElsePrintsMeanwhile_RunsAgainUnlessItPrintsNothing(string engine)
    {
        using var scenario = To("", engine, "sh", "-c",
            "test -e silent || echo one; : > started; while ! test -e go; do sleep 0.01; done; test -e silent || echo "
            + "two");
        scenario.Launcher = ["sh", "-c",
            "rm -f go started; exec > out; \"$@\" & while ! test -e started; do sleep 0.01; done; echo foreign; : > "
            + "go; wait $!", "sh"];
        scenario.Options = [.. scenario.Options, "--ignore", "go", "--ignore", "started"];
        scenario.Run();
        Assert.StartsWith("the file of its stdout holds other things than it wrote there", scenario.Refusal(),
            StringComparison.Ordinal);
        Assert.Equal("one\nforeign\ntwo\n", File.ReadAllText(scenario.Directory.Path("out")));
        scenario.Directory.Write("silent", "");
        scenario.Run();
        Assert.Empty(scenario.Recorded().Refusals);
        Assert.Empty(scenario.Recorded().Printed);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void OneFileForBoth_KeepsTheOrderAndCannotBeTakenApart(bool kcmpIsDenied)
    {
        using var scenario = To("> out 2>&1", "auto", "sh", "-c", "echo 1; echo 2 >&2; echo 3");
        scenario.Options = ["--quiet"];
        scenario.Launcher = kcmpIsDenied
            ? [TestPrograms.Path("sandbox"), "deny-kcmp", .. scenario.Launcher]
            : scenario.Launcher;
        for (int i = 0; i < 2; i++)
        {
            CommandResult result = CommandRunner.Run(scenario.Directory.Work, scenario.CommandLine);
            Requires.That(result.ExitCode != ExitCodes.TracingDenied, "needs ptrace");
            Assert.Equal("1\n2\n3\n", File.ReadAllText(scenario.Directory.Path("out")));
        }

        scenario.Options = [];
        scenario.Launcher = ["sh", "-c", "exec \"$@\" 2>&1", "sh"];
        CommandResult both = CommandRunner.Run(scenario.Directory.Work, scenario.CommandLine);
        Assert.StartsWith("1\n2\n3\nfptrace: up to date, not run: sh ", both.Output, StringComparison.Ordinal);
        scenario.Launcher = [];
        scenario.RunsBecause("stdout and stderr were one file when it ran, and are two now");
        Assert.Equal("1\n3\n", scenario.Last.Output);
    }

    [SkippableFact]
    public void OneFileOpenedTwice_CountsOnlyIfBothAppend()
    {
        using var scenario = To(">> out 2>> out", "auto", "sh", "-c", "echo 1; echo 2 >&2; echo 3");
        scenario.Options = ["--quiet"];
        CommandResult result = CommandRunner.Run(scenario.Directory.Work, scenario.CommandLine);
        Requires.That(result.ExitCode != ExitCodes.TracingDenied, "needs ptrace");
        OutputChunk chunk = Assert.Single(scenario.Recorded().Printed);
        Assert.Equal((true, "1\n2\n3\n"), (chunk.IsBoth, System.Text.Encoding.UTF8.GetString(chunk.Bytes.Span)));
        scenario.Launcher = ["sh", "-c", "exec \"$@\" > out 2> out", "sh"];
        CommandRunner.Run(scenario.Directory.Work, scenario.CommandLine);
        Assert.Equal(["stdout and stderr are one file that was opened twice, so they overwrite each other; write 2>&1"],
            scenario.Recorded().Refusals);
    }

    [SkippableFact]
    public void FullDisk_IsSeenByTheCommand()
    {
        using var scenario = To("> /dev/full", "auto", "/bin/echo", "text");
        scenario.Run(exitCode: 1);
        Assert.Equal("the last run failed with exit code 1", scenario.Run(exitCode: 1));
        scenario.Command = ["sh", "-c", "echo text; true"];
        scenario.Run();
        Assert.Equal(
            "nobody knows what it printed on its stdout, which is no file; redirect it to one, to a pipe or to "
                + "/dev/null", scenario.Refusal());
        scenario.Command = ["true"];
        scenario.Run();
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableFact]
    public void DevNull_PrintsAgainElsewhere()
    {
        using var scenario = To("> /dev/null", "auto", "echo", "text");
        scenario.RunTwice();
        scenario.Launcher = [];
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        Assert.Equal("text\n", scenario.Last.Output);
    }

    [SkippableFact]
    public void FileThatItReads_IsKnownToTheCommand()
    {
        using var scenario = To("> all", "auto", "sh", "-c", "cat *");
        scenario.Directory.Write("a", "text\n");
        scenario.Run(exitCode: 1);
        Assert.Contains("all: input file is output file", scenario.Last.Error, StringComparison.Ordinal);
        Assert.Equal("text\n", File.ReadAllText(scenario.Directory.Path("all")));
    }

    [SkippableFact]
    public void FileInADirectoryThatItLists_Skips()
    {
        using var scenario = To("> list", "auto", "ls");
        scenario.RunTwice();
        Assert.Equal("list\n", File.ReadAllText(scenario.Directory.Path("list")));
    }

    [SkippableFact]
    public void PipeThatIsClosedEarly_DoesNotCount()
    {
        using var scenario = new RunScenario("sh", "-c",
            "seq 100000; true") { Launcher = ["sh", "-c", "\"$@\" | head -1", "sh"] };
        scenario.Run();
        Assert.Equal("1\n", scenario.Last.Output);
        Assert.Equal("nobody read its stdout to the end", scenario.Refusal());
        scenario.Launcher = [];
        scenario.RunsBecause("nobody read its stdout to the end");
        Assert.Equal(100_000, scenario.Last.Output.Count(c => c == '\n'));

        // Printed again it ends as seq would.
        scenario.Launcher = ["env", "--default-signal=PIPE", "sh", "-c",
            "{ \"$@\"; echo $? > status; } | head -1", "sh"];
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        Assert.Equal("141\n", File.ReadAllText(scenario.Directory.Path("status")));
    }

    [SkippableFact]
    public void PrintedAgainOnAFullDisk_Fails()
    {
        using var scenario = new RunScenario("echo", "text");
        scenario.RunTwice();
        scenario.Launcher = ["sh", "-c", "exec \"$@\" > /dev/full", "sh"];
        Assert.Equal(RunScenario.Skipped, scenario.Run(ExitCodes.Output));
        Assert.StartsWith("fptrace: cannot write to stdout: No space left on device\n", scenario.Last.Error,
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task ConnectionThatIsLost_FailsAndDoesNotCount()
    {
        Requires.Program("bash");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var scenario = new RunScenario("sh", "-c", "while ! test -e go; do sleep 0.01; done; echo text; true")
        {
            Launcher = ["bash", "-c", $"exec 3<> /dev/tcp/127.0.0.1/{port}; exec \"$@\" >&3 3>&-", "bash"],
            Options = ["--ignore", "go"],
        };
        Task run = Task.Run(() => scenario.Run(ExitCodes.Output));
        using (Socket peer = await listener.AcceptSocketAsync())
        {
            // It is reset, not closed.
            peer.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        // A process that another test starts just now holds the socket, too, until its execve.
        Assert.True(Wait.Until(() => !IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
            .Any(connection => connection.RemoteEndPoint.Port == port && connection.State is TcpState.Established)));
        scenario.Directory.Write("go", "");
        await run;
        Assert.StartsWith("fptrace: cannot write to stdout: Connection reset by peer\n", scenario.Last.Error,
            StringComparison.Ordinal);
        Assert.StartsWith("what it printed was lost: ", scenario.Refusal(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void PipeThatDoesNotWait_GetsAll()
    {
        using var scenario = new RunScenario("seq",
            "100000") { Launcher = [TestPrograms.Path("prints"), "nonblocking"] };
        scenario.RunTwice();
        Assert.Equal("588895\n", scenario.Last.Output);
    }

    private static RunScenario To(string redirection, string engine, params IReadOnlyList<string> command) =>
        new(command) { Launcher = ["sh", "-c", $"exec \"$@\" {redirection}", "sh"], Options = ["--engine", engine] };
}
