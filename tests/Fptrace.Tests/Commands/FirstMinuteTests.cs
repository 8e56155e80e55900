using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Commands;

/// <summary>What a new user types, and what he reads then.</summary>
public sealed class FirstMinuteTests : IDisposable
{
    private readonly WorkDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>dotnet hands <c>--</c> on: <c>dotnet fptrace -d x -- true</c> is the right form, the other one is
    /// told.</summary>
    [SkippableFact]
    public void OptionBehindDashes_EndsWithTheRightForm()
    {
        CommandResult wrong = Fptrace("--", "-d", "x.json", "true");
        Assert.Equal((ExitCodes.Usage, "fptrace: options stand before --: fptrace -d x.json -- true\n"),
            (wrong.ExitCode, wrong.Error));
        Assert.False(File.Exists(_directory.Path("x.json")));
        Assert.Equal((0, ""), Status(Fptrace("-d", "x.json", "--", "true")));
        Assert.True(File.Exists(_directory.Path("x.json")));
    }

    [SkippableFact]
    public void ProgramNamedAsAVerb_IsTracedBehindDashes()
    {
        Program("run", "echo it ran");
        CommandResult result = CommandRunner.Run(_directory.Work,
            ["env", $"PATH={_directory.Work}:/usr/bin:/bin", .. FptraceExecutable.Command, "-q", "--", "run", "true"]);
        Needs(result);
        Assert.Equal("it ran\n", result.Output);
    }

    [SkippableFact]
    public void ProgramNamedAlmostAsAVerb_IsNeverGuessedAway()
    {
        Program("rnu", "exit 3");
        CommandResult result = CommandRunner.Run(_directory.Work,
            ["env", $"PATH={_directory.Work}:/usr/bin:/bin", .. FptraceExecutable.Command, "-q", "rnu", "make"]);
        Needs(result);
        Assert.Equal((3, ""), (result.ExitCode, result.Error));
    }

    [SkippableFact]
    public void NothingAskedFor_SaysSoInOneLineAtTheEnd()
    {
        CommandResult result = Fptrace("sh", "-c", "echo own >&2");
        Assert.Equal(
            "own\nfptrace: nothing is written, for nothing was asked for; add -d FILE, -o FILE, -t FILE or -s DIR: "
                + "fptrace -d deps.json sh -c 'echo own >&2'\n",
            result.Error);
        Assert.Equal("own\n", Fptrace("-q", "sh", "-c", "echo own >&2").Error);
    }

    [SkippableFact]
    public void OutputBehindTheCommand_IsToldWhereItBelongs()
    {
        Assert.Contains("for fptrace write fptrace -d deps.json -- sh -c true\n",
            Fptrace("sh", "-c", "true", "-d", "deps.json").Error, StringComparison.Ordinal);

        // The command made use of it.
        Assert.DoesNotContain("for fptrace write", Fptrace("sh", "-c", ": > made", "-o", "made").Error,
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public void NothingAskedFor_AtATerminal_IsASummary()
    {
        _directory.Write("in", "text\n");
        using var terminal = Terminal.Start(_directory, FptraceExecutable.Command,
            ["/bin/sh", "-c", "$T sh -c 'cp in out; sleep 2; true'"]);
        terminal.Await("slowest: sleep 2.");
        terminal.Await($"below {_directory.Work}: 1 file read, 1 written; outside: ", " files read, 0 written");
        terminal.Await("for more add -d FILE, -o FILE, -t FILE or -s DIR: fptrace -d deps.json sh -c");
        Assert.Equal(0, terminal.Finish());
        Assert.Contains("3 processes, ", terminal.Shown, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("-d", "[\n{\"Cmd\":")]
    [InlineData("-o", "{\"schema\":")]
    [InlineData("-t", "")]
    public void Dash_IsStdout(string option, string beginning)
    {
        CommandResult result = Fptrace(option, "-", "sh", "-c", "echo own");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("own\n", result.Output, StringComparison.Ordinal);
        Assert.Contains(beginning, result.Output, StringComparison.Ordinal);
        Assert.True(result.Output.Length > "own\n".Length);
        Assert.Empty(Directory.GetFiles(_directory.Work));
    }

    [SkippableFact]
    public void CommandThatIsNone_LeavesNoManifest()
    {
        CommandResult result = Fptrace("run", "--root", ".", "rnu-it", "make");
        Assert.Equal((ExitCodes.NotFound, "fptrace: rnu-it: command not found\n"), (result.ExitCode, result.Error));
        Assert.False(Directory.Exists(_directory.Path(".fptrace")));
    }

    [SkippableFact]
    public void LinesOfRun_ComeOnceAndBehindTheCommands()
    {
        string[] run = ["run", "--root", ".", "sh", "-c", "echo own >&2"];
        Assert.Matches(
            "^own\nfptrace: run: no manifest: this command was not run before\nfptrace: ran in [0-9.]+ m?s: [0-9]+ "
                + "inputs, 0 outputs\n$", Fptrace(run).Error);
        Assert.Matches(
            "^own\nfptrace: up to date, not run: sh -c echo own >&2 \\([0-9]+ inputs in [0-9.]+ m?s(, [0-9.]+ m?s "
                + "saved)?\\)\n$", Fptrace(run).Error);
        Assert.Equal("own\n", Fptrace(["run", "-q", .. run[1..]]).Error);
        Assert.Equal("own\n", Fptrace(["run", "-q", "--force", .. run[1..]]).Error);
    }

    [SkippableFact]
    public void OptionOfRun_BehindTheCommand_IsToldWhereItBelongs()
    {
        CommandResult result = Fptrace("run", "--root", ".", "sh", "-c", "exit 2", "--cache");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(
            "fptrace: --cache after the command is the command's; for fptrace write fptrace run --cache ... -- sh -c "
                + "'exit 2'\n", result.Error, StringComparison.Ordinal);
    }

    /// <summary>A script of completion, a list or a page that is cut off is no success.</summary>
    [SkippableTheory]
    [InlineData("help")]
    [InlineData("run --help")]
    [InlineData("version")]
    [InlineData("completion fish")]
    [InlineData("list --root .")]
    [InlineData("-d - true")]
    public void OwnOutput_CannotBeWritten_Fails(string arguments)
    {
        string tool = string.Join(' ', FptraceExecutable.Command);
        CommandResult full = CommandRunner.Run(_directory.Work, ["sh", "-c", $"{tool} {arguments} > /dev/full"]);
        Needs(full);
        Assert.Equal(
            (ExitCodes.Output,
                "fptrace: cannot write stdout: no space left on device; free some space or choose another place\n"),
                Status(full));
    }

    [SkippableFact]
    public void OwnOutput_ItsReaderHasGone_IsNoFailure()
    {
        Requires.Program("bash");
        string tool = string.Join(' ', FptraceExecutable.Command);
        Assert.Equal((0, ""),
            Status(CommandRunner.Run(_directory.Work,
            ["bash", "-c", $"{tool} completion fish | true; exit ${{PIPESTATUS[0]}}"])));
    }

    [SkippableFact]
    public void Survivor_IsNotToldWhenQuiet() =>
        Assert.Equal("", Fptrace("-q", "-d", "d.json", "sh", "-c", "sleep 3 & exec true").Error);

    private void Program(string name, string script)
    {
        _directory.Write(name, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(_directory.Path(name), (UnixFileMode)0x1ed);
    }

    private CommandResult Fptrace(params string[] arguments)
    {
        CommandResult result = CommandRunner.Run(_directory.Work, [.. FptraceExecutable.Command, .. arguments]);
        Needs(result);
        return result;
    }

    private static (int ExitCode, string Error) Status(CommandResult result) => (result.ExitCode, result.Error);

    private static void Needs(CommandResult result) =>
        Requires.That(result.ExitCode != ExitCodes.TracingDenied, $"needs ptrace: {result.Error}");
}
