using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands;

/// <summary>Help, and what is made of the one table of verbs and options.</summary>
public sealed class HelpTests : IDisposable
{
    private readonly StringWriter _out = new();

    public static TheoryData<string> AllVerbs => [.. Verbs.All.Select(verb => verb.Name)];

    public void Dispose() => _out.Dispose();

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-help")]
    [InlineData("help")]
    public void Help_OfFptrace_Printed(string word)
    {
        Assert.Equal(0, Run(word));
        Assert.Equal(Verbs.Trace.Help, _out.ToString());
    }

    [Theory]
    [MemberData(nameof(AllVerbs))]
    public void Help_OfAVerb_IsTheSameEitherWay(string verb)
    {
        Assert.Equal(0, Run("help", verb));
        Assert.Equal(0, Run(verb, "--help"));
        Assert.Equal(Verbs.Find(verb)!.Help + Verbs.Find(verb)!.Help, _out.ToString());
        Assert.StartsWith($"fptrace {(verb == "explain" ? "check" : verb)} ", _out.ToString(),
            StringComparison.Ordinal);
        Assert.Contains($"fptrace {verb}", Verbs.Trace.Help, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_FitsTheTerminal()
    {
        Assert.All(Verbs.Trace.Help.Split('\n'), line => Assert.InRange(line.Length, 0, 115));
        Assert.All(Verbs.All.SelectMany(verb => verb.Help.Split('\n')), line => Assert.InRange(line.Length, 0, 130));
    }

    [Fact]
    public void Options_AllHaveADescription() => Assert.All(
        Verbs.All.Prepend(Verbs.Trace).SelectMany(verb => verb.Options().ByName.Values),
        option =>
            Assert.False(string.IsNullOrWhiteSpace(option.Description)
                || (option.Value == OptionValue.Required && option.HelpName is null), option.Name));

    [Theory]
    [MemberData(nameof(AllVerbs))]
    public void UnknownOption_OfAVerb_PointsToItsHelp(string verb)
    {
        FptraceException exception = Assert.Throws<FptraceException>(() => Run(verb, "--frobnicate"));
        Assert.Equal($"unknown option --frobnicate of fptrace {verb}; see fptrace {verb} --help", exception.Message);
        Assert.Equal(ExitCodes.Usage, exception.ExitCode);
    }

    [Theory]
    [InlineData("unknown option --cahce of fptrace run; did you mean --cache? see fptrace run --help", "run",
        "--cahce", "make")]
    [InlineData("unknown option --no-stdio of fptrace run; fptrace has it; see fptrace run --help", "run",
        "--no-stdio", "make")]
    [InlineData("unknown option --older-than of fptrace check; fptrace forget has it; see fptrace check --help",
        "check", "--older-than=1d", "x")]
    [InlineData("fptrace help does not know 'rnu'; did you mean run?", "help", "rnu")]
    [InlineData("fptrace cache does not know 'stat'; did you mean stats?", "cache", "stat")]
    [InlineData("fptrace cache needs a word what to do: stats, verify, gc or clear", "cache")]
    [InlineData("fptrace completion needs the name of a shell: bash, zsh or fish", "completion")]
    [InlineData("fptrace completion does not know 'fihs'; did you mean fish?", "completion", "fihs")]
    [InlineData("fptrace version takes no word and not 'x'; see fptrace version --help", "version", "x")]
    [InlineData("fptrace list takes no word and not 'x'; fptrace check tells about one step", "list", "x")]
    public void Mistake_OfAVerb_IsOneLineWithRemedy(string message, params string[] args) =>
        Assert.Equal(message, Assert.Throws<FptraceException>(() => Run(args)).Message);

    [Theory]
    [InlineData("version")]
    [InlineData("--version")]
    public void Version_Printed(string word)
    {
        Assert.Equal(0, Run(word));
        Assert.Equal(ToolVersion.Line + "\n", _out.ToString());
    }

    [Theory]
    [InlineData("rnu", "run")]
    [InlineData("exlpain", "explain")]
    [InlineData("LIST", "list")]
    [InlineData("make", null)]
    [InlineData("gcc", null)]
    public void Spelling_NearWord_IsGuessed(string word, string? meant) =>
        Assert.Equal(meant, Spelling.Nearest(word, Verbs.All.Select(verb => verb.Name)));

    private int Run(params string[] args) => Verbs.Run(args, _out, TextWriter.Null);
}
