using Fptrace.Commands.Run;
using Fptrace.Commands.Trace;

namespace Fptrace.Commands.CommandLine;

/// <summary>What is said of a command that is no program.</summary>
public sealed class CommandHintTests
{
    [Theory]
    [InlineData("options stand before --: fptrace -d x.json -- true", "--", "-d", "x.json", "true")]
    [InlineData("options stand before --: fptrace -d x.json -- true", "--", "-d", "x.json", "--", "true")]
    [InlineData("options stand before --: fptrace -e -d=x.json -- sh -c 'echo a'", "-e", "--", "-d=x.json", "sh",
        "-c", "echo a")]
    [InlineData("options stand before --: fptrace -d x.json -- COMMAND", "--", "-d", "x.json")]
    [InlineData("options stand before --: fptrace --version", "--", "--version")]
    [InlineData("options stand before --: fptrace --help", "--", "--help")]
    [InlineData("options stand before --: fptrace OPTIONS -- COMMAND", "--", "-frobnicate", "x")]
    public void OptionBehindDashes_ShowsTheRightForm(string message, params string[] args)
    {
        FptraceException hint = Hint(args);
        Assert.Equal(message, hint.Message);
        Assert.Equal(ExitCodes.Usage, hint.ExitCode);
    }

    [Fact]
    public void OptionBehindDashes_OfRun_ShowsTheRightForm() =>
        Assert.Equal("options stand before --: fptrace run --force -- make all",
            OfRun("--", "--force", "make", "all").Message);

    [Theory]
    [InlineData("fptrace run true", "--", "run", "true")]
    [InlineData("fptrace run make", "-d", "x.json", "run", "make")]
    [InlineData("fptrace run make", "rnu", "make")]
    [InlineData("fptrace explain x.json", "explian", "x.json")]
    [InlineData("fptrace cache stats", "stats")]
    [InlineData("fptrace sh -c 'make && ls'", "make && ls")]
    [InlineData("fptrace -d x sh -c 'cd src'", "-d", "x", "cd", "src")]
    [InlineData("-e takes no value here", "-e", "trace=file", "make")]
    [InlineData("fptrace -e env CC=clang make", "-e", "CC=clang", "make")]
    public void WordThatIsNoProgram_NamesWhatWasMeant(string remedy, params string[] args)
    {
        FptraceException hint = Hint(args);
        Assert.Contains(remedy, hint.Message, StringComparison.Ordinal);
        Assert.StartsWith("failed; ", hint.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.NotFound, hint.ExitCode);
    }

    [Theory]
    [InlineData("fptrace run sh -c 'make && ls'", "make && ls")]
    [InlineData("fptrace run --force sh -c 'ls | wc'", "--force", "ls | wc")]
    [InlineData("fptrace run make all, without the quotes", "make all")]
    [InlineData("fptrace run env CC=clang make", "CC=clang", "make")]
    [InlineData("fptrace run --cache=/store make all", "--cache", "/store", "make", "all")]
    [InlineData("fptrace run --cache=store COMMAND", "--cache", "store")]
    [InlineData("fptrace run sh -c 'cd src'", "cd", "src")]
    [InlineData("fptrace explain -- make", "explain", "--", "make")]
    public void WordThatIsNoProgram_OfRun_NamesWhatWasMeant(string remedy, params string[] args) =>
        Assert.Contains(remedy, OfRun(args).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("gcc", "x.c")]
    [InlineData("--", "./a=b", "x")]
    [InlineData("nothing-like-it")]
    public void WordThatIsNoProgram_NothingToGuess_IsNotFound(params string[] args) =>
        Assert.Equal("failed", Hint(args).Message);

    [Fact]
    public void Failure_OfAnotherKind_StaysAsItIs()
    {
        var failure = new FptraceException(ExitCodes.Output, "failed");
        var table = new TraceOptionTable();
        Assert.Same(failure, CommandHint.Add(failure, ArgumentSplitter.Split(["--", "-d", "x"], table), table));
    }

    private static FptraceException Hint(params string[] args) => Hint(new TraceOptionTable(), args);

    private static FptraceException OfRun(params string[] args) => Hint(new RunOptionTable(), args);

    private static FptraceException Hint(OptionTable table, string[] args) =>
        CommandHint.Add(new FptraceException(ExitCodes.NotFound, "failed"), ArgumentSplitter.Split(args, table), table);
}
