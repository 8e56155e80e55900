using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>Outputs are out of the command's way while it runs, and stand where they were asked for when it has
/// ended.</summary>
public sealed class OutputPlaceTests : IDisposable
{
    private readonly WorkDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Command_SeesNothingOfTheOutputs()
    {
        _directory.Write("deps.json", "old");
        CommandResult result = Trace(["-d", "deps.json", "-o", "trace.json", "-t", "events", "-s", "new/scripts"], "sh",
            "-c", "ls -A; cat deps.json");
        Assert.Equal((0, "deps.json\nold", ""), (result.ExitCode, result.Output, result.Error));
        Assert.Equal(["deps.json", "events", "new", "trace.json"], Names(_directory.Work));
        Assert.Equal(["0-1-sh", "1-2-ls", "1-3-cat"], Names(_directory.Path("new/scripts")));
        Assert.StartsWith("[", File.ReadAllText(_directory.Path("deps.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rm -rf ..?* .[!.]* *")]
    [InlineData("rm -rf out")]
    [InlineData("rm -rf out; mkdir out")]
    [InlineData("mv out moved")]
    [InlineData("cd /; rm -rf \"$OLDPWD\"")]
    public void Command_ThatRemovesWhatItFinds_LosesNoOutput(string script)
    {
        Directory.CreateDirectory(_directory.Path("out"));
        CommandResult result = Trace(["-d", "out/deps.json", "-s", "out/scripts"], "sh", "-c", script);
        Assert.Equal((0, "", ""), (result.ExitCode, result.Output, result.Error));
        Assert.NotEmpty(DepsRecord.ReadFile(_directory.Path("out/deps.json")));
        Assert.Contains("0-1-sh", Names(_directory.Path("out/scripts")));
    }

    [Theory]
    [InlineData("missing/deps.json", "its directory does not exist; create the directory first")]
    [InlineData("file/deps.json", "a part of its path is no directory; choose another place")]
    [InlineData(".", "it is a directory; name a file")]
    [InlineData("/dev/fd/99", "that descriptor is closed; open it, or name a file")]
    [InlineData("/dev/stdin", "that descriptor is not open for writing; open it for writing, or name a file")]
    public void OutputThatCannotBeWritten_EndsItBeforeTheCommand(string output, string why)
    {
        _directory.Write("file", "");
        foreach (string option in (string[])["-d", "-o", "-t"])
        {
            CommandResult result = CommandRunner.Run("/",
                ["sh", "-c", "cd \"$1\" && shift && exec \"$@\" < /dev/null", "sh", _directory.Work,
                .. FptraceExecutable.Command, option, output, "touch", "ran"]);
            Assert.Equal((ExitCodes.Output, "", $"fptrace: cannot write {output}: {why}\n"),
                (result.ExitCode, result.Output, result.Error));
            Assert.Equal(["file"], Names(_directory.Work));
        }
    }

    [Theory]
    [InlineData("-d", "deps.json")]
    [InlineData("-s", "scripts")]
    public void DirectoryThatIsGone_EndsItBeforeTheCommand(string option, string output)
    {
        CommandResult result = CommandRunner.Run(_directory.Work,
            ["sh", "-c", "mkdir gone && cd gone && rmdir ../gone && exec \"$@\"", "sh", .. FptraceExecutable.Command,
            option, output, "touch", _directory.Path("ran")]);
        Assert.Equal(
            (ExitCodes.Output,
                $"fptrace: cannot write {output}: its directory does not exist; create the directory first\n"),
                (result.ExitCode, result.Error));
        Assert.Empty(Names(_directory.Work));
    }

    /// <summary>Sticky as /tmp is, and of another user as root's directories are to all others.</summary>
    [SkippableTheory]
    [InlineData("sticky/new", true)]
    [InlineData("sticky/writable", true)]
    [InlineData("sticky/others", false)]
    [InlineData("closed/new", false)]
    [InlineData("closed/writable", true)]
    [InlineData("closed/others", false)]
    public void OrdinaryUser_WritesWhatItMay_AndIsToldOtherwiseBeforeTheCommand(string output, bool mayWrite)
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to become another user");
        Requires.Program("setpriv");
        Run(
            "mkdir sticky closed; for d in sticky closed; do echo old > $d/writable; echo old > $d/others; chmod 666 "
                + "$d/writable; done; chmod 1777 sticky");
        CommandResult result = CommandRunner.Run(_directory.Work,
            [.. UnprivilegedTests.Launcher, .. FptraceExecutable.Command, "-d", output, "touch", "ran"]);
        Assert.Equal(mayWrite ? 0 : ExitCodes.Output, result.ExitCode);
        Assert.Equal(mayWrite
            ? ""
            : $"fptrace: cannot write {output}: permission denied; choose a place that you may write to\n",
                result.Error);
        Assert.Equal(mayWrite, File.Exists(_directory.Path("ran")));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_directory.Work, "*", SearchOption.AllDirectories),
            name => name.Contains("fptrace-", StringComparison.Ordinal)
                && name.EndsWith(".tmp", StringComparison.Ordinal));
        if (mayWrite)
        {
            Assert.NotEmpty(DepsRecord.ReadFile(_directory.Path(output)));
        }
    }

    [SkippableFact]
    public void FileThatIsMountedByItself_IsWrittenInPlace()
    {
        Requires.Program("unshare");
        _directory.Write("outside", "old and longer than what comes");
        _directory.Write("inside", "");
        const string Script = "mount --bind outside inside || exit 77; exec \"$@\"";
        CommandResult result = CommandRunner.Run(_directory.Work,
            ["unshare", "-Urm", "sh", "-c", Script, "sh", .. FptraceExecutable.Command, "-d", "inside",
            "cat", "inside"]);
        Requires.That(result.ExitCode != TestProgram.Unsupported
            && !result.Error.StartsWith("unshare", StringComparison.Ordinal), "needs user namespaces: " + result.Error);
        Assert.Equal((0, "old and longer than what comes", ""), (result.ExitCode, result.Output, result.Error));
        Assert.Single(DepsRecord.ReadFile(_directory.Path("outside")));
        Assert.Equal(["inside", "outside"], Names(_directory.Work));
    }

    [Theory]
    [InlineData("deps.json")]
    [InlineData("/dev/stdout")]
    public void LimitOfFileSizes_LetsTheCommandEnd(string output)
    {
        // The command runs into the limit by itself, too, and gets the signal; the tool with a trace that is longer. An
        // installed runtime needs files of its own, which are not ours to make shorter.
        const string Script = "ulimit -f 2000; export DOTNET_EnableWriteXorExecute=0; exec \"$@\" > printed";
        string word = new('x', 100_000);
        CommandResult result = CommandRunner.Run(
            _directory.Work,
            [
                "sh", "-c", Script, "sh", .. FptraceExecutable.Command, "-d", output, "sh", "-c",
                "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do /bin/true " + word
                    + "; done; head -c 3000000 /dev/zero > zeros; echo $? > ended; exit 3",
            ]);
        Assert.Equal(ExitCodes.Output, result.ExitCode);
        Assert.Contains(
            $"fptrace: cannot write {output}: it is larger than the limit of file sizes allows; raise the limit "
                + "(ulimit -f)\n", result.Error, StringComparison.Ordinal);
        Assert.Equal("153\n", File.ReadAllText(_directory.Path("ended")));
        Assert.Equal(["ended", "printed", "zeros"], Names(_directory.Work));
    }

    [Fact]
    public void NamesThatAreNoUtf8_AreWritten()
    {
        const string Script = "x=$(printf 'a\\377'); exec \"$@\" -d $x -o $x.o -s s$x -rm -- sh -c 'echo ran'";
        CommandResult result = CommandRunner.Run(_directory.Work,
            ["sh", "-c", Script, "sh", .. FptraceExecutable.Command]);
        Assert.Equal((0, "ran\n", ""), (result.ExitCode, result.Output, result.Error));
        Assert.Equal("a\\377\na\\377.o\nsa\\377\n", CommandRunner.Run(_directory.Work, ["ls", "-b"]).Output);
        result = CommandRunner.Run(_directory.Work,
            ["sh", "-c", "exec \"$@\" -d \"$(printf 'a\\377')/x\" true", "sh", .. FptraceExecutable.Command]);
        Assert.Equal(
            (ExitCodes.Output,
                "fptrace: cannot write \"a\\xff/x\": a part of its path is no directory; choose another place\n"),
                (result.ExitCode, result.Error));
    }

    [Fact]
    public void Stdout_GetsTheOutputInOnePieceAtTheEnd()
    {
        CommandResult result = Trace(["-d", "-"], "sh", "-c",
            "echo first; for i in 1 2 3 4 5 6 7 8 9; do /bin/true $(printf %060000d 0); done; echo last");
        Assert.StartsWith("first\nlast\n[\n", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n]\n", result.Output, StringComparison.Ordinal);
    }

    private static string[] Names(string directory) =>
        [.. new DirectoryInfo(directory).GetFileSystemInfos().Select(entry => entry.Name)
            .Order(StringComparer.Ordinal)];

    private CommandResult Trace(IReadOnlyList<string> options, params IReadOnlyList<string> command) =>
        CommandRunner.Run(_directory.Work, [.. FptraceExecutable.Command, .. options, "--", .. command]);

    private void Run(string script) =>
        Assert.Equal(0, CommandRunner.Run(_directory.Work, ["sh", "-c", script]).ExitCode);
}
