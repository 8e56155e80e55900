using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>Standard streams that whoever started the tool has closed: the command finds them as it would without
/// it.</summary>
public sealed class ClosedStreamScenarioTests
{
    [SkippableTheory]
    [InlineData(">&-", "echo 1", 1)]
    [InlineData("2>&-", "echo 1 >&2", 2)]
    [InlineData("<&-", "cat", 1)]
    [InlineData(">&-", "true", 0)]
    [InlineData("<&- >&- 2>&-", "readlink /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 > o; echo 1 >> o", 0)]
    public void Closed_IsClosedForTheCommand(string closed, string command, int exitCode)
    {
        using var directory = new WorkDirectory();
        Around(directory, closed, "sh", "-c", command);
        int untraced = Code(directory);
        string left = Left(directory);
        Assert.True(untraced == 0 ? exitCode == 0 : exitCode != 0);
        foreach (string[] options in (string[][])[["run", "--root", directory.Work, "--manifest",
            Path.Combine(directory.Results, "m")], ["-d", Path.Combine(directory.Results, "d")]])
        {
            // Twice: what cannot be told never stands for another run.
            for (int i = 0; i < 2; i++)
            {
                Around(directory, closed, [.. FptraceExecutable.Command, .. options, "--", "sh", "-c", command]);
                Requires.That(Code(directory) != ExitCodes.TracingDenied, "needs ptrace");
                Assert.Equal(untraced, Code(directory));
                Assert.Equal(left, Left(directory));
            }
        }
    }

    [SkippableFact]
    public void ClosedAfterARunThatCounts_IsNotSkipped()
    {
        using var scenario = new RunScenario("sh", "-c", "echo 1");
        scenario.RunTwice();
        scenario.Launcher = ["sh", "-c", "exec \"$@\" >&-", "sh"];
        Assert.Equal("its stdout is closed, so nobody knows what became of what it printed; redirect it to /dev/null",
            scenario.Run(exitCode: Code("echo 1 >&-")));
    }

    [SkippableFact]
    public void NoStdinInPlaceOfAClosedOne_Skips()
    {
        using var scenario = new RunScenario("cat") { Options = ["--no-stdin"],
            Launcher = ["sh", "-c", "exec \"$@\" <&-", "sh"] };
        scenario.RunTwice();
    }

    private static void Around(WorkDirectory directory, string closed, params IReadOnlyList<string> command) =>
        CommandRunner.Run(directory.Work,
            ["sh", "-c", $"rm -f o; (exec \"$@\" {closed}); echo $? > code", "sh", .. command]);

    private static int Code(WorkDirectory directory) =>
        int.Parse(File.ReadAllText(directory.Path("code")), System.Globalization.CultureInfo.InvariantCulture);

    private static int Code(string command) => CommandRunner.Run("/", ["sh", "-c", command]).ExitCode;

    private static string Left(WorkDirectory directory) =>
        File.Exists(directory.Path("o")) ? File.ReadAllText(directory.Path("o")) : "";
}
