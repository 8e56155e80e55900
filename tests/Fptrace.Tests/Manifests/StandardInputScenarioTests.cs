using Fptrace.Engine;
using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests;

/// <summary>Which file is the standard input of a step, where it begins, and where the step leaves it.</summary>
public sealed class StandardInputScenarioTests
{
    /// <summary>Reads byte by byte, so that what it did not read is left to others.</summary>
    private const string ReadsALine = "read x; echo line $x";

    private const string Loss =
        "which the command does not get; --stdin hands it on, and then the command runs each time\n";

    [SkippableTheory]
    [InlineData("3< list", "read x <&3; echo $x")]
    [InlineData("3>> list", "echo more >&3")]
    [InlineData("3<> list", "cat <&3")]
    [InlineData("3< list", "cp /proc/self/fd/3 copy; exec cat <&3")]
    public void FileThatWasOpenBefore_IsUsedAndTheRunDoesNotCount(string redirection, string script)
    {
        using RunScenario scenario = WithOpenFile(redirection, script);
        scenario.Run();
        Assert.Equal(
            "a file that was open before it started was read on or changed (descriptor 3); close it for the command: "
                + "3<&-", scenario.Refusal());
    }

    [SkippableTheory]
    [InlineData("3< list")]
    [InlineData("3>> list")]
    [InlineData("3<> list")]
    public void FileThatWasOpenBefore_IsLeftAloneAndTheRunCounts(string redirection)
    {
        using RunScenario scenario = WithOpenFile(redirection, "echo 1 > out");
        scenario.RunTwice();
        scenario.Directory.Write("list", "three\n");
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableFact]
    public void FileThatWasOpenBefore_IsReadAtItsEndAndIsAnInput()
    {
        using RunScenario scenario = WithOpenFile("3< list", "cat <&3");
        scenario.Directory.Write("list", "");
        scenario.RunTwice();
        scenario.Directory.Write("list", "more\n");
        Assert.Equal("input changed: list", scenario.Run());
        Assert.Equal("more\n", scenario.Last.Output);
    }

    [SkippableFact]
    public void OtherFile_Runs()
    {
        using var scenario = From("in", "sort");
        scenario.Directory.Write("other", "2\n1\n");
        scenario.RunTwice();
        Assert.Equal("a\nb\n", scenario.Last.Output);
        scenario.Launcher = Redirected("other");
        scenario.RunsBecause("standard input: in → other");
        Assert.Equal("1\n2\n", scenario.Last.Output);
        scenario.Launcher = [];
        scenario.RunsBecause("standard input: other → none");
        Assert.Equal("", scenario.Last.Output);
    }

    [SkippableFact]
    public void OtherPlaceInTheFile_Runs()
    {
        using var scenario = From("in", "cat");
        scenario.RunTwice();
        scenario.Launcher = ["sh", "-c", "exec < in; read x; exec \"$@\"", "sh"];
        scenario.RunsBecause("standard input: in → in from byte 2");
        Assert.Equal("a\n", scenario.Last.Output);
    }

    [SkippableFact]
    public void ContentBeforeThePlaceChanged_Runs()
    {
        using var scenario = From("in", "cat");
        scenario.Launcher = ["sh", "-c", "exec < in; read x; exec \"$@\"", "sh"];
        scenario.RunTwice();
        scenario.Directory.Write("in", "c\na\n");
        scenario.RunsBecause("input changed: in");
    }

    [SkippableFact]
    public void Skip_LeavesTheOffsetWhereTheRunLeftIt()
    {
        using var scenario = From("in", "sh", "-c", ReadsALine);
        scenario.Launcher = ["sh", "-c", "exec < in; \"$@\" && cat", "sh"];
        scenario.RunTwice();
        Assert.Equal("line b\na\n", scenario.Last.Output);
    }

    [SkippableFact]
    public void EachCallOfALoop_IsAStepOfItsOwn()
    {
        using var directory = new WorkDirectory();
        directory.Write("in", "1\n2\n3\n");
        string[] loop = ["sh", "-c", "exec < in; for i in 1 2 3; do \"$@\"; done", "sh", .. FptraceExecutable.Command,
            "run", "--root", directory.Work, "--", "sh", "-c", ReadsALine];
        CommandResult first = CommandRunner.Run(directory.Work, loop);
        Support.Requires.That(first.ExitCode != ExitCodes.TracingDenied, $"needs ptrace: {first.Error}");
        CommandResult second = CommandRunner.Run(directory.Work, loop);
        Assert.Equal(("line 1\nline 2\nline 3\n", "line 1\nline 2\nline 3\n"), (first.Output, second.Output));
        Assert.Equal(3, second.Error.Split("fptrace: up to date, not run: ").Length - 1);
    }

    [SkippableFact]
    public void FileWithoutAName_CountsByItsContent()
    {
        using var scenario = From("in", "cat");
        scenario.Launcher = ["sh", "-c", "cp in copy; exec < copy; rm copy; exec \"$@\"", "sh"];
        scenario.RunTwice();
        Assert.Equal("b\na\n", scenario.Last.Output);
        scenario.Directory.Write("in", "b\nc\n");
        scenario.RunsBecause("the standard input, a file without a name, is another");
        Assert.Equal("b\nc\n", scenario.Last.Output);
    }

    [SkippableFact]
    public void FileThatItReplaces_IsReadModifyWrite()
    {
        using var scenario = From("in", "sh", "-c", "sort > new && mv new in");
        scenario.RunTwice();
        scenario.Directory.Write("in", "2\n1\n");
        scenario.RunsBecause("output modified: in");
    }

    [SkippableFact]
    public void OpenForWriting_RunsAgain()
    {
        using var scenario = From("in", "cat");
        scenario.RunTwice();
        scenario.Launcher = ["sh", "-c", "exec \"$@\" 0<> in", "sh"];
        const string Reason =
            "its standard input is open for writing, so nobody knows whether it changes the file; redirect it with <";
        Assert.Equal(Reason, scenario.Run());
        Assert.Equal(Reason, scenario.Refusal());
        Assert.Equal(Reason, scenario.Run());
    }

    [SkippableFact]
    public void HandedOn_IsNeverUpToDate()
    {
        using var scenario = From("/dev/null", "cat");
        scenario.RunTwice();
        scenario.Options = ["--stdin"];
        scenario.Launcher = ["sh", "-c", "echo text | exec \"$@\"", "sh"];
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal("its standard input is handed on (--stdin), so nobody knows what it would read",
                scenario.Run());
            Assert.Equal("text\n", scenario.Last.Output);
        }

        scenario.Options = ["--stdin", "--no-stdin"];
        scenario.Launcher = [];
        Assert.Equal(ExitCodes.Usage, CommandRunner.Run(scenario.Directory.Work, scenario.CommandLine).ExitCode);
    }

    [SkippableFact]
    public void NotWanted_IsEmpty()
    {
        using var scenario = From("in", "cat");
        scenario.Options = ["--no-stdin"];
        scenario.RunTwice();
        Assert.Equal("", scenario.Last.Output);
        scenario.Directory.Write("in", "other\n");
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableFact]
    public void Pipe_IsNotSwallowedWithoutAWord()
    {
        using var scenario = From("in", "cat");
        scenario.Launcher = ["sh", "-c", "echo text | exec \"$@\"", "sh"];
        scenario.RunTwice();
        Assert.EndsWith("\nfptrace: standard input is a pipe, " + Loss, scenario.Last.Error, StringComparison.Ordinal);
        scenario.Launcher = Redirected("/dev/zero");
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        Assert.EndsWith("\nfptrace: standard input is a device, " + Loss, scenario.Last.Error,
            StringComparison.Ordinal);
        scenario.Options = ["--quiet"];
        Assert.Equal("", CommandRunner.Run(scenario.Directory.Work, scenario.CommandLine).Error);
    }

    [SkippableFact]
    public void PipeThatIsAtItsEnd_IsNotMentioned()
    {
        using var scenario = From("in", "cat");
        scenario.Launcher = ["sh", "-c", "cat && exec \"$@\"", "sh"];
        scenario.RunTwice();
        Assert.DoesNotContain("standard input", scenario.Last.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Verify_BeginsAtTheSamePlace()
    {
        using var scenario = From("in", "sh", "-c", ReadsALine + " > out");
        scenario.Options = ["--verify"];
        scenario.Run();
        Assert.Contains("fptrace: verified: two runs made the same 1 outputs", scenario.Last.Error,
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public void InsideAnotherRun_IsTheOuterOnesInput()
    {
        using var scenario = From("in", "sh", "-c",
            $"{string.Join(' ', FptraceExecutable.Command)} run -q -- cat < in; echo text | "
            + $"{string.Join(' ', FptraceExecutable.Command)} run -- cat");
        scenario.RunTwice();
        Assert.Equal("b\na\n", scenario.Last.Output);
        Assert.StartsWith("fptrace: standard input is a pipe, " + Loss, scenario.Last.Error, StringComparison.Ordinal);
        scenario.Directory.Write("in", "other\n");
        scenario.RunsBecause("input changed: in");
    }

    [Fact]
    public void OtherInput_MakesAnotherKey()
    {
        StepIdentity step = SampleManifest.Make().Step;
        StandardInput file = new() { Path = SampleManifest.Bytes("in") };
        StepIdentity[] steps =
        [
            step,
            step with { Input = file },
            step with { Input = file with { Offset = 1 } },
            step with { Input = file with { Path = SampleManifest.Bytes("on") } },
            step with { Input = new StandardInput { Digest = new ContentDigest(1, 2, 3, 4) } },
            step with { Input = new StandardInput { Digest = new ContentDigest(1, 2, 3, 5) } },
            step with { Input = new StandardInput { IsUnknown = true } },
        ];
        Assert.Equal(steps.Length, steps.Select(other => other.Key).Distinct().Count());
        Assert.Equal(steps.Length,
            steps.Select(other => Caching.Keys.CacheKey.Weak(other, default, anywhere: false)).Distinct().Count());
        Assert.All(steps, other =>
        {
            Manifest written = SampleManifest.Make() with { Step = other, InputEnd = other.Input?.Offset };
            Manifest? read = ManifestReader.Read(ManifestWriter.Write(written).Span).Manifest;
            Assert.Equal((other.Input, written.InputEnd), (read?.Step.Input, read?.InputEnd));
        });
    }

    private static RunScenario From(string input, params IReadOnlyList<string> command)
    {
        var scenario = new RunScenario(command) { Launcher = Redirected(input) };
        scenario.Directory.Write("in", "b\na\n");
        return scenario;
    }

    private static string[] Redirected(string input) => ["sh", "-c", $"exec \"$@\" < {input}", "sh"];

    private static RunScenario WithOpenFile(string redirection, string script)
    {
        var scenario = new RunScenario("sh", "-c",
            script) { Launcher = ["sh", "-c", $"exec \"$@\" {redirection}", "sh"] };
        scenario.Directory.Write("list", "one\ntwo\n");
        return scenario;
    }
}
