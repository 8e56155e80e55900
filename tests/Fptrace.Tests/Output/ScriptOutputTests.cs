using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fptrace.Model;
using Fptrace.Output;
using Fptrace.Support;
using static Fptrace.Tests.Output.Sample;

namespace Fptrace.Tests.Output;

public sealed class ScriptOutputTests : IDisposable
{
    private const string PrintArguments = "cat /proc/$$/cmdline | tr '\\0' '\\001'";
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Script_RunsTheProgramByItsPath() =>
        Assert.Equal(
            """
            #!/bin/sh
            cd /tmp || exit
            ${exec:-exec} /bin/sh -c 'echo a > a; cat a | tee b' "$@"

            """,
            Script(Execution(1, 0, "/bin/sh", ["sh", "-c", "echo a > a; cat a | tee b"])));

    [Theory]
    [InlineData("/bin/sh", true)]
    [InlineData("sh", true)]
    [InlineData("./sh", false)]
    [InlineData("-sh", false)]
    [InlineData("", false)]
    public void OtherArgument0_NeedsBash(string argument0, bool plain) =>
        Assert.StartsWith(plain ? "#!/bin/sh\n" : "#!/usr/bin/env bash\n",
            Script(Execution(1, 0, "/bin/sh", [argument0])), StringComparison.Ordinal);

    [Fact]
    public void OtherArgument0_RunByAnotherShell_FindsBash()
    {
        Requires.Program("bash");
        string script = Generate(Execution(1, 0, "/bin/sh", ["other", "-c", "echo $0"]));
        Assert.Equal("other\n", Output("/bin/sh", script));
    }

    [Fact]
    public void Environment_IsGivenByEnvAndTheRestIsRemarked()
    {
        using var output = new ScriptOutput(_directory.File("scripts"), empty: false);
        Execution execution = Execution(1, 0, "/bin/x", ["x"], "/a dir",
            ["X=it's", "UID=0", "odd", "HOME=/root", "HOME=/later", "A B=1", "N\nL=1"]);
        output.Started(execution);
        output.Complete(Summary());
        Assert.Equal(
            """
            #!/bin/sh
            # no variable, and not given: odd
            # named twice, and not given: HOME=/later
            cd '/a dir' || exit
            ${exec:-exec} env -i \
              'X=it'\''s' \
              UID=0 \
              HOME=/root \
              'A B=1' \
              'N
            L=1' \
              /bin/x "$@"

            """,
            File.ReadAllText(Path.Join(_directory.File("scripts"), ScriptOutput.NameOf(execution))));
        Assert.Equal(["the script 0-1-x cannot run its program quite as it ran; a comment in it says why"],
            output.Notes);
    }

    [Theory]
    [InlineData("/usr/bin/env", "env")]
    [InlineData("a=b/env", "env")]
    [InlineData("a=b/env", "other")]
    public void Environment_OfTheProgram_IsTheRecordedOne(string path, string argument0)
    {
        string[] environment =
        [
            "-x=1", "PWD=/elsewhere", "OLDPWD=/before", "IFS=x", "OPTIND=abc", "exec=echo", "SHLVL=9", "_=u",
            "BASH_FUNC_f%%=() { echo hi; }",
            "PATH=/nowhere", "PS4=$(touch bad)", "ENV=/bad", "BASH_ENV=/bad", "UID=7", "V=x'y\u00ff", "A B=",
        ];
        Directory.CreateDirectory(_directory.File("a=b"));
        File.Copy("/usr/bin/env", _directory.File("a=b/env"));
        Assert.Equal(environment,
            Output(Execution(1, 0, Path.Combine(_directory.Path, path), [argument0], "/", environment))
                .Split('\n')[..^1]);
    }

    [Fact]
    public void EnvironmentThatIsTooLong_IsRemarked()
    {
        string[] environment = [.. Enumerable.Range(0, 18).Select(i => $"v{i}={new string('x', 120_000)}")];
        Assert.StartsWith("#!/bin/sh\n# too long: ", Script(Execution(1, 0, "/bin/x", ["x"], "/", environment)),
            StringComparison.Ordinal);
        Assert.DoesNotContain("#", Script(Execution(1, 0, "/bin/x", ["x"], "/", environment[..3]))[2..],
            StringComparison.Ordinal);
    }

    [Fact]
    public void DirectoryThatIsGone_EndsTheScript()
    {
        Directory.CreateDirectory(_directory.File("gone"));
        File.WriteAllText(_directory.File("kept"), "");
        string script = Generate(Execution(1, 0, "/bin/sh", ["sh", "-c", "rm -f *"], _directory.File("gone")));
        Directory.Delete(_directory.File("gone"));
        using var process =
            Process.Start(new ProcessStartInfo("/bin/sh", [script]) { WorkingDirectory = _directory.Path,
                RedirectStandardError = true })!;
        process.WaitForExit();
        Assert.NotEqual(0, process.ExitCode);
        Assert.True(File.Exists(_directory.File("kept")));
    }

    [Fact]
    public void EmptyArguments_AreExplained()
    {
        string script = Script(Execution(1, 0, "/bin/x", []));
        Assert.Contains("# argv was empty", script, StringComparison.Ordinal);
        Assert.EndsWith("${exec:-exec -a ''} /bin/x \"$@\"\n", script, StringComparison.Ordinal);
    }

    [Fact]
    public void NastyArguments_ReachTheCommandThroughSh()
    {
        string every = string.Concat(Enumerable.Range(2, 254).Select(b => (char)b));
        string[] arguments = ["sh", "-c", PrintArguments, every, "", "'", "''", "a b", "$(false)`false`$HOME", "\\",
            "-n", "}", "\n"];

        Assert.Equal(["/bin/sh", .. arguments[1..], "added"], Run(Execution(1, 0, "/bin/sh", arguments), "added"));
    }

    [SkippableTheory]
    [InlineData("-sh")]
    [InlineData("")]
    [InlineData("it's } a \"$HOME\"\n\u00ff\u0001x")]
    public void NastyArgument0_ReachesTheCommandThroughBash(string argument0)
    {
        Requires.Program("bash");
        const string Print = "cat /proc/$$/cmdline | tr '\\0' '\\002'";

        Assert.Equal([argument0, "-c", Print, "a b"],
            Run(Execution(1, 0, "/bin/sh", [argument0, "-c", Print, "a b"]), separator: '\u0002'));
    }

    [SkippableFact]
    public void Override_TakesThePlaceOfExecWithItsOption()
    {
        Requires.Program("bash");
        Assert.Equal("/bin/true x y\n", Output(Execution(1, 0, "/bin/true", ["other", "x"]), "y", exec: "echo"));
        Assert.Equal("/bin/true x y\n", Output(Execution(2, 0, "/bin/true", ["true", "x"]), "y", exec: "echo"));
    }

    [Fact]
    public void NastyDirectoryAndEnvironment_ReachTheCommand()
    {
        string nasty = _directory.File("a 'b'\n$c");
        Directory.CreateDirectory(nasty);
        string text =
            Output(Execution(1, 0, "/bin/sh", ["sh", "-c", "pwd; printf %s \"$V\""], nasty, ["V=x'y\n\u00ff"]));
        Assert.Equal($"{nasty}\nx'y\n\u00ff", text);
    }

    [Fact]
    public void Mode_IsEverythingLessUmask()
    {
        string line = File.ReadLines("/proc/self/status")
            .First(line => line.StartsWith("Umask:", StringComparison.Ordinal));
        int umask = Convert.ToInt32(line["Umask:".Length..].Trim(), 8);
        string script = Generate(Execution(1, 0, "/bin/x", ["x"]));

        Assert.Equal(Convert.ToInt32("777", 8) & ~umask, OperatingSystem.IsWindows()
            ? 0
            : (int)File.GetUnixFileMode(script));
    }

    [Theory]
    [InlineData("/bin/x", "3-7-x")]
    [InlineData("/bin/a b\n%", "3-7-a b\n%")]
    [InlineData("/bin/\u00ff\u00e9x", "3-7-%FF%E9x")]
    public void Name_IsParentIdAndBaseName(string path, string name) =>
        Assert.Equal(name, ScriptOutput.NameOf(Execution(7, 3, path, [])));

    [Fact]
    public void LongName_IsCut() =>
        Assert.Equal(255, ScriptOutput.NameOf(Execution(7, 3, "/" + new string('x', 255), [])).Length);

    [Fact]
    public void Script_OfAnEarlierTrace_IsReplacedAndNotFollowed()
    {
        string victim = _directory.File("victim");
        File.WriteAllText(victim, "kept");
        Directory.CreateDirectory(_directory.File("scripts"));
        File.CreateSymbolicLink(_directory.File("scripts/0-1-x"), victim);

        Assert.StartsWith("#!", Script(Execution(1, 0, "/bin/x", ["x"])), StringComparison.Ordinal);
        Assert.Equal("kept", File.ReadAllText(victim));
    }

    [Fact]
    public void Empty_RemovesWhatIsInTheDirectoryWithoutFollowingLinks()
    {
        Directory.CreateDirectory(_directory.File("scripts/sub/sub"));
        Directory.CreateDirectory(_directory.File("other"));
        File.WriteAllText(_directory.File("other/kept"), "");
        File.WriteAllText(_directory.File("scripts/.hidden"), "");
        File.WriteAllText(_directory.File("scripts/sub/file"), "");
        Directory.CreateSymbolicLink(_directory.File("scripts/link"), _directory.File("other"));
        Directory.CreateSymbolicLink(_directory.File("scripts/sub/link"), _directory.File("other"));
        File.CreateSymbolicLink(_directory.File("scripts/dangling"), "nowhere");

        new ScriptOutput(_directory.File("scripts"), empty: true).Dispose();

        Assert.Empty(Directory.GetFileSystemEntries(_directory.File("scripts")));
        Assert.True(File.Exists(_directory.File("other/kept")));
    }

    [Fact]
    public void Directory_IsMadeWithTheScriptsAndNotBefore()
    {
        using var output = new ScriptOutput(_directory.File("new/scripts"), empty: true);
        output.Started(Execution(1, 0, "/bin/x", ["x"]));
        Assert.Empty(_directory.Names);
        output.Complete(Summary());
        Assert.Equal(["0-1-x"], new DirectoryInfo(_directory.File("new/scripts")).GetFiles().Select(file => file.Name));
    }

    /// <remarks>The home directory comes from a function of its own, so that no mistake can empty the real
    /// one.</remarks>
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/h/me", "/h/me")]
    [InlineData("/h", "/h/me")]
    public void Empty_OfWhatHoldsTheHomeDirectory_IsRefused(string directory, string home) =>
        Assert.True(ScriptDirectory.Contains(Encoding.UTF8.GetBytes(directory), Encoding.UTF8.GetBytes(home)));

    [Theory]
    [InlineData("/h/me/scripts", "/h/me")]
    [InlineData("/h/m", "/h/me")]
    public void Empty_OfAnotherDirectory_IsAllowed(string directory, string home) =>
        Assert.False(ScriptDirectory.Contains(Encoding.UTF8.GetBytes(directory), Encoding.UTF8.GetBytes(home)));

    [Fact]
    public void Directory_ThatCannotBeMade_FailsAtOnce()
    {
        File.WriteAllText(_directory.File("file"), "");
        File.CreateSymbolicLink(_directory.File("link"), "nowhere");
        foreach (string place in (string[])["file", "file/scripts", "link", "link/scripts"])
        {
            FptraceException e =
                Assert.Throws<FptraceException>(() => new ScriptOutput(_directory.File(place), empty: false));
            Assert.Equal(ExitCodes.Output, e.ExitCode);
        }
    }

    private string Generate(Execution execution)
    {
        using var output = new ScriptOutput(_directory.File("scripts"), empty: false);
        output.Started(execution);
        output.Complete(Summary());
        return Path.Join(_directory.File("scripts"), ScriptOutput.NameOf(execution));
    }

    private string Script(Execution execution) => File.ReadAllText(Generate(execution), Encoding.Latin1);

    private string[] Run(Execution execution, string? added = null, char separator = '\u0001') =>
        Output(execution, added).TrimEnd(separator).Split(separator);

    private string Output(Execution execution, string? added = null, string exec = "") =>
        Output(null, Generate(execution), added, exec);

    private static string Output(string? shell, string script, string? added = null, string exec = "")
    {
        // Run as the kernel would. Executing it directly fails now and then with ETXTBSY, when a process that another
        // test forks meanwhile still has the descriptor it was written through.
        string[] interpreter = shell is not null
            ? [shell]
            : File.ReadLines(script, Encoding.Latin1).First()["#!".Length..].Split(' ');
        using var process =
            Process.Start(new ProcessStartInfo(interpreter[0],
                [.. interpreter[1..], script, .. added is null ? [] : new[] { added }])
        {
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.Latin1,
            Environment = { ["exec"] = exec },
        })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal("0", process.ExitCode.ToString(CultureInfo.InvariantCulture));
        return text;
    }
}
