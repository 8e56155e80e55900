namespace Fptrace.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly StringWriter _out = new();
    private readonly StringWriter _err = new();

    public void Dispose()
    {
        _out.Dispose();
        _err.Dispose();
    }

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
    public void Boolean_AllSpellings_Accepted(string word, bool expected) => Assert.Equal(expected, Parse(word, "x").Environment);

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
        TraceOptions options = Parse("-d", "d", "-do", "-dn", "cc", "-dn=/bin/ld", "-s", "s", "-rm", "-e", "-u", "-t", "t", "-o", "o",
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
        Assert.Equal("", _err.ToString());
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
        Assert.Equal(["x"], Parse("-kernel", "4.8.0-rc1", "-tracee=/t", "x").Command);
        string[] lines = _err.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("fptrace: note: -kernel ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("fptrace: note: -tracee ", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no command to trace; write it after the options: fptrace -d deps.json make")]
    [InlineData("no command to trace; write it after the options: fptrace -d deps.json make", "-d", "f", "--")]
    [InlineData("the command's name is empty; write it after the options: fptrace -d deps.json make", "")]
    [InlineData("unknown option --verbos; did you mean --verbose?", "--verbos", "x")]
    [InlineData("unknown option -engin; did you mean --engine?", "-engin=ptrace", "x")]
    [InlineData("unknown option -dm; did you mean -do?", "-dm", "x")]
    [InlineData("unknown option --frobnicate; see fptrace --help", "--frobnicate", "x")]
    [InlineData("-d needs a value; write -d VALUE or -d=VALUE", "-d")]
    [InlineData("--output needs a value; write --output VALUE or --output=VALUE", "--output=", "x")]
    [InlineData("-e is true or false, not 'maybe'", "-e=maybe", "x")]
    [InlineData("-e is true or false, not ''", "-e=", "x")]
    [InlineData("--engine does not know 'strace'; use auto, notify, ptrace or syscall", "--engine", "strace", "x")]
    [InlineData("-seccomp=false contradicts --engine notify; leave one of them out", "-seccomp=false", "--engine=notify", "x")]
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
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-help")]
    public void Help_Printed(string word)
    {
        Assert.Null(CommandLine.Parse([word, "x"], _out, _err));
        Assert.Equal(HelpText.Text, _out.ToString());
    }

    [Fact]
    public void HelpOfTheCommand_LeftToIt() => Assert.Equal(["x", "--help"], Parse("x", "--help").Command);

    [Fact]
    public void Help_NamesEveryOption() => Assert.All(new OptionSet().ByName.Values.Distinct(),
        option => Assert.Matches($@"(?m)(^ +|, ){option.Name}\b", HelpText.Text));

    [Fact]
    public void Help_FitsTheTerminal() => Assert.All(HelpText.Text.Split('\n'), line => Assert.InRange(line.Length, 0, 105));

    [Fact]
    public void Version_Printed()
    {
        Assert.Null(CommandLine.Parse(["--version"], _out, _err));
        Assert.Matches(@"^fptrace [0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9a-f]{12})?\n$", _out.ToString());
    }

    [Theory]
    [InlineData("1.2.3+0123456789abcdef0123456789abcdef01234567", "1.2.3+0123456789ab")]
    [InlineData("1.2.3-alpha.0.4+01234567", "1.2.3-alpha.0.4+01234567")]
    [InlineData("1.2.3", "1.2.3")]
    public void Version_NamesTheCommitInShort(string informational, string expected) => Assert.Equal(expected, HelpText.VersionOf(informational));

    [Fact]
    public void Trace_IsNoVerb() => Assert.Equal(["trace", "x"], Parse("trace", "x").Command);

    private TraceOptions Parse(params string[] args)
    {
        TraceOptions? options = CommandLine.Parse(args, _out, _err);
        Assert.NotNull(options);
        return options;
    }
}
