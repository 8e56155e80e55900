using Fptrace.Commands.Run;
using Fptrace.Commands.Trace;

namespace Fptrace.Commands.CommandLine;

public sealed class CommandLineTests
{
    [Fact]
    public void NothingButCommand_TakesDefaults()
    {
        TraceOptions options = Parse("make", "-d", "x");
        Assert.Equal(["make", "-d", "x"], options.Command);
        Assert.Null(options.DepsFile);
        Assert.Null(options.ScriptsDirectory);
        Assert.Null(options.EventsFile);
        Assert.Null(options.OutputFile);
        Assert.Empty(options.DepsNames);
        Assert.True(options.Stdio);
        Assert.False(options.DepsWithOutputs || options.EmptyScriptsDirectory || options.Environment || options.Undelete
            || options.Probes || options.AllowIoUring || options.Verbose);
        Assert.Equal("auto", options.Engine);
    }

    [Theory]
    [InlineData("-d", "f", "x")]
    [InlineData("--d", "f", "x")]
    [InlineData("-d=f", "x")]
    [InlineData("--d=f", "x")]
    [InlineData("-d", "f", "--", "x")]
    [InlineData("-d=old", "-d=f", "x")]
    public void Value_AllSpellings_Accepted(params string[] args)
    {
        TraceOptions options = Parse(args);
        Assert.Equal("f", options.DepsFile);
        Assert.Equal(["x"], options.Command);
    }

    [Theory]
    [InlineData("-d=a=b:c", "a=b:c")]
    [InlineData("-d=@f", "@f")]
    [InlineData("-d=-s", "-s")]
    [InlineData("-d=a b", "a b")]
    public void Value_WithSpecialCharacters_TakenAsItIs(string word, string expected) =>
        Assert.Equal(expected, Parse(word, "x").DepsFile);

    [Theory]
    [InlineData("-e", true)]
    [InlineData("--e", true)]
    [InlineData("-e=true", true)]
    [InlineData("-e=1", true)]
    [InlineData("-e=t", true)]
    [InlineData("-e=T", true)]
    [InlineData("--e=false", false)]
    [InlineData("-e=0", false)]
    [InlineData("-e=f", false)]
    [InlineData("-e=F", false)]
    public void Boolean_AllSpellings_Accepted(string word, bool expected) =>
        Assert.Equal(expected, Parse(word, "x").Environment);

    [Fact]
    public void Boolean_GivenTwice_LastOneCounts() => Assert.False(Parse("-e", "-e=false", "x").Environment);

    [Fact]
    public void Boolean_DoesNotTakeTheNextWord()
    {
        TraceOptions options = Parse("-e", "true", "false");
        Assert.True(options.Environment);
        Assert.Equal(["true", "false"], options.Command);
    }

    [Fact]
    public void EveryOption_Lands()
    {
        TraceOptions options = Parse("-d", "d", "-do", "-dn", "cc", "-dn=/bin/ld", "-s", "s", "-rm", "-e", "-u", "-t",
            "t", "-o", "o",
            "--engine", "notify", "--no-stdio", "--probes", "--allow-io-uring", "-v", "--", "--", "-d", "", "x");
        Assert.Equal("d", options.DepsFile);
        Assert.True(options.DepsWithOutputs);
        Assert.Equal(["cc", "/bin/ld"], options.DepsNames);
        Assert.Equal("s", options.ScriptsDirectory);
        Assert.True(options.EmptyScriptsDirectory);
        Assert.True(options.Environment);
        Assert.True(options.Undelete);
        Assert.Equal("t", options.EventsFile);
        Assert.Equal("o", options.OutputFile);
        Assert.Equal("notify", options.Engine);
        Assert.False(options.Stdio);
        Assert.True(options.Probes);
        Assert.True(options.AllowIoUring);
        Assert.True(options.Verbose);
        Assert.Equal(["--", "-d", "", "x"], options.Command);
        Assert.Empty(options.Notes);
    }

    [Theory]
    [InlineData("-seccomp=false")]
    [InlineData("--seccomp=0")]
    [InlineData("--engine=syscall")]
    public void WithoutSeccomp_IsEngineSyscall(string word) => Assert.Equal("syscall", Parse(word, "x").Engine);

    [Fact]
    public void WithSeccomp_IsEngineAuto() => Assert.Equal("auto", Parse("-seccomp", "x").Engine);

    [Fact]
    public void KernelAndTracee_IgnoredWithOneLineEach()
    {
        TraceOptions options = Parse("-kernel", "4.8.0-rc1", "-tracee=/t", "x");
        Assert.Equal(["x"], options.Command);
        Assert.Equal(2, options.Notes.Count);
        Assert.StartsWith("note: -kernel ", options.Notes[0], StringComparison.Ordinal);
        Assert.StartsWith("note: -tracee ", options.Notes[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no command to trace; write it after the options: fptrace -d deps.json make; see fptrace --help")]
    [InlineData("no command to trace; write it after the options: fptrace -d deps.json make; see fptrace --help",
        "-d", "f", "--")]
    [InlineData("the command's name is empty; write it after the options: fptrace -d deps.json make", "")]
    [InlineData("unknown option --verbos; did you mean --verbose?", "--verbos", "x")]
    [InlineData("unknown option -engin; did you mean --engine?", "-engin=ptrace", "x")]
    [InlineData("unknown option -dm; did you mean -do?", "-dm", "x")]
    [InlineData("unknown option --frobnicate; see fptrace --help", "--frobnicate", "x")]
    [InlineData("unknown option --ouptut; did you mean --output?", "--ouptut", "f", "x")]
    [InlineData("unknown option --force; fptrace run has it; see fptrace run --help", "--force", "x")]
    [InlineData("unknown option --cache; options of a verb stand behind it: fptrace run --cache make", "--cache",
        "run", "make")]
    [InlineData("unknown option --cache; options of a verb stand behind it: fptrace run -e --cache=/c make", "-e",
        "--cache=/c", "run", "make")]
    [InlineData("unknown option -f; every process is followed without it", "-f", "make")]
    [InlineData("unknown option -p; fptrace starts the command itself, and attaches to none that runs", "-p", "1")]
    [InlineData("unknown option -V; did you mean fptrace --version?", "-V")]
    [InlineData("-d needs a value; write -d FILE or -d=FILE", "-d")]
    [InlineData("-s writes files into a directory and not to stdout; name one, or ./- for one that is called so",
        "-s", "-", "x")]
    [InlineData("--output needs a value; write --output FILE or --output=FILE", "--output=", "x")]
    [InlineData("-e is true or false, not 'maybe'", "-e=maybe", "x")]
    [InlineData("-e is true or false, not ''", "-e=", "x")]
    [InlineData("--engine does not know 'strace'; did you mean ptrace?", "--engine", "strace", "x")]
    [InlineData("--engine does not know 'quick'; use auto, notify, fast, ptrace or syscall", "--engine", "quick", "x")]
    [InlineData("-seccomp=false contradicts --engine notify; leave one of them out", "-seccomp=false",
        "--engine=notify", "x")]
    [InlineData("-kernel needs a release such as 4.8, not 'four'", "-kernel", "four", "x")]
    [InlineData("-kernel needs a release such as 4.8, not '4.'", "-kernel", "4.", "x")]
    [InlineData("-rm empties the scripts directory and needs -s DIR", "-rm", "x")]
    [InlineData("-do filters deps.json and needs -d FILE", "-do", "x")]
    [InlineData("-dn filters deps.json and needs -d FILE", "-dn", "cc", "x")]
    public void Mistake_IsOneLineWithRemedy(string message, params string[] args)
    {
        FptraceException exception = Assert.Throws<FptraceException>(() => Parse(args));
        Assert.Equal(message, exception.Message);
        Assert.Equal(ExitCodes.Usage, exception.ExitCode);
    }

    [Theory]
    [InlineData("no command to run; write it after the options: fptrace run make; see fptrace run --help")]
    [InlineData("unknown option -n of fptrace run; fptrace explain -- COMMAND tells whether it would run, and why",
        "-n", "make")]
    [InlineData("unknown option -j4 of fptrace run; options of the command stand behind it: fptrace run make -j4",
        "-j4", "make")]
    [InlineData("unknown option -C of fptrace run; it runs where you are: cd there first", "-C", "sub", "make")]
    [InlineData("unknown option -f of fptrace run; did you mean --force?", "-f", "make")]
    [InlineData("unknown option -d of fptrace run; it keeps no trace: fptrace -d has one written, and always runs the "
        + "command", "-d", "deps.json", "make")]
    [InlineData("unknown option --cahce of fptrace run; did you mean --cache? see fptrace run --help",
        "--cahce", "make")]
    public void MistakeOfRun_IsOneLineWithRemedy(string message, params string[] args)
    {
        var table = new RunOptionTable();
        FptraceException exception =
            Assert.Throws<FptraceException>(() => table.Parse(ArgumentSplitter.Split(args, table), () => null));
        Assert.Equal((message, ExitCodes.Usage), (exception.Message, exception.ExitCode));
    }

    [Theory]
    [InlineData(null, false, "make", "--cache")]
    [InlineData("--cache after the command is the command's; for fptrace write fptrace run --cache ... -- make -j4",
        true, "make", "-j4", "--cache=DIR")]
    [InlineData("--env-ignore after the command is the command's; for fptrace write fptrace run --env-ignore ... -- "
        + "make", false, "make", "--env-ignore", "X")]
    [InlineData(null, true, "npm", "test", "--", "--cache")]
    [InlineData(null, true, "--cache")]
    public void OptionOfRun_BehindTheCommand_IsToldWhereItBelongs(string? hint, bool hasFailed,
        params string[] command) =>
        Assert.Equal(hint, LateRunOption.Hint(command, hasFailed));

    [Fact]
    public void HelpOfTheCommand_LeftToIt() => Assert.Equal(["x", "--help"], Parse("x", "--help").Command);

    [Fact]
    public void Quiet_Lands() => Assert.True(Parse("-q", "x").Quiet);

    [Theory]
    [InlineData("1.2.3+0123456789abcdef0123456789abcdef01234567", "1.2.3+0123456789ab")]
    [InlineData("1.2.3-alpha.0.4+01234567", "1.2.3-alpha.0.4+01234567")]
    [InlineData("1.2.3", "1.2.3")]
    public void Version_NamesTheCommitInShort(string informational, string expected) =>
        Assert.Equal(expected, ToolVersion.VersionOf(informational));

    [Fact]
    public void Trace_IsNoVerb() => Assert.Equal(["trace", "x"], Parse("trace", "x").Command);

    private static TraceOptions Parse(params string[] args)
    {
        var table = new TraceOptionTable();
        return table.Parse(ArgumentSplitter.Split(args, table));
    }
}
