using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>Somebody who is no process of the command has a part in what it does.</summary>
public sealed class OutsiderScenarioTests
{
    [SkippableTheory]
    [AllEngines("echo foreign > p", "mkfifo p; cat p; rm p",
        "it reads from the FIFO {0}, into which it does not write itself")]
    [AllEngines("cat p", "mkfifo p; echo 1 > p; rm p",
        "it writes into the FIFO {0}, from which it does not read itself")]
    public void SomebodyElseAtAFifo_RunsAgain(string engine, string outside, string command, string reason)
    {
        using var scenario = new RunScenario("sh", "-c", command) { Options = ["--engine", engine] };
        scenario.Launcher = ["sh", "-c",
            $"{{ until test -p p; do sleep 0.01; done; {outside}; }} > /dev/null & exec \"$@\"", "sh"];
        scenario.Run();
        Assert.Equal("somebody else had a part in the last run: "
            + string.Format(null, reason, scenario.Directory.Path("p")), scenario.Refusal());
    }

    [SkippableTheory]
    [InlineData("mkfifo p; echo 1 > p & cat p; wait; rm p")]
    [InlineData("mkfifo p; exec 3<> p; echo 1 >&3; read a <&3; rm p")]
    [InlineData("echo 1 | { cat /dev/stdin; } | cat > o")]
    [InlineData("mkfifo p; test -p p; ls -l p > o; rm p")]
    public void AloneAtAFifo_Skips(string command)
    {
        using var scenario = new RunScenario("sh", "-c", command);
        scenario.RunTwice();
    }

    [SkippableTheory]
    [AllEngines("read x < /dev/tty; echo $x", true)]
    [AllEngines("stty size < /dev/tty", true)]
    [AllEngines("bash -c :; bash -c : # looks whether there is a terminal", false)]
    [AllEngines("script -qec 'read x < /dev/tty' /dev/null < /dev/null # a terminal of its own", false)]
    public void TerminalThatIsRead_ThoughNoStreamIsOne_RunsAgain(string engine, string command, bool reads)
    {
        Requires.Program("script");
        Requires.Program("bash");
        using var scenario = new RunScenario("sh", "-c", command) { Options = ["--engine", engine, "--no-terminal"] };
        WorkDirectory directory = scenario.Directory;
        string file = Path.Combine(directory.Results, "command");
        IEnumerable<string> words = scenario.CommandLine
            .Select(word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'");
        File.WriteAllText(file, $"{string.Join(' ', words)} 2> {directory.Results}/said\n");
        CommandRunner.Run(directory.Work, ["sh", "-c", "echo typed | script -qec \"sh $0\" /dev/null", file]);
        string said = File.ReadAllText(Path.Combine(directory.Results, "said"));
        Requires.That(!said.Contains("ptrace is denied", StringComparison.Ordinal), said);
        Assert.StartsWith("fptrace: run: ", said, StringComparison.Ordinal);
        Assert.Equal(
            reads,
            said.Contains(
                "it will run again: somebody else had a part in the last run: it reads from the terminal (/dev/tty), "
                    + "or asks it something: somebody may have typed there", StringComparison.Ordinal));
    }
}
