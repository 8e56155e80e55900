using System.CommandLine;
using Fptrace.Commands;
using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Completion;

/// <summary>What the shells complete with our scripts.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly WorkDirectory _directory = new();

    public CompletionTests()
    {
        _directory.Write("deps.json", "");
        Directory.CreateDirectory(_directory.Path("folder"));
    }

    public void Dispose() => _directory.Dispose();

    [SkippableTheory]
    [InlineData("run", "fptrace", "ru")]
    [InlineData("run list check explain forget cache completion help version", "fptrace", "")]
    [InlineData("--cache --cache-mode --cache-anywhere --cache-idempotent", "fptrace", "run", "--ca")]
    [InlineData("--force --forget-after", "fptrace", "run", "--manifest", "m", "--fo")]
    [InlineData("--engine", "fptrace", "--eng")]
    [InlineData("auto notify ptrace syscall", "fptrace", "--engine", "")]
    [InlineData("ptrace", "fptrace", "-e", "--engine", "=", "p")]
    [InlineData("syscall", "fptrace", "run", "--engine", "s")]
    [InlineData("deps.json folder", "fptrace", "-d", "")]
    [InlineData("folder", "fptrace", "run", "--cache", "=", "f")]
    [InlineData("folder", "fptrace", "run", "--root", "")]
    [InlineData("stats verify gc clear", "fptrace", "cache", "")]
    [InlineData("explain", "fptrace", "help", "ex")]
    [InlineData("--no-env --no-refresh", "fptrace", "check", "deps.json", "--no")]
    [InlineData("bash-only-here", "fptrace", "run", "--", "bash-only-h")]
    [InlineData("bash-only-here", "fptrace", "run", "--force", "bash-only-h")]
    [InlineData("bash-only-here", "fptrace", "bash-only-h")]
    [InlineData("", "fptrace", "run", "make", "--fo")]
    [InlineData("", "fptrace", "-dn", "")]
    public void Bash_Completes(string expected, params string[] words)
    {
        Requires.Program("bash");
        string[] script =
        [
            "bash-only-here() { :; }",
            Script("bash"),
            $"COMP_WORDS=({string.Join(' ', words.Select(word => $"'{word}'"))}); COMP_CWORD={words.Length - 1}",
            "_fptrace; printf '%s\\n' \"${COMPREPLY[@]}\"",
        ];
        CommandResult result = CommandRunner.Run(_directory.Work, ["bash", "--norc", "-c", string.Join('\n', script)]);
        Assert.Equal("", result.Error);
        Assert.Equal(Words(expected), Words(result.Output));
    }

    [SkippableTheory]
    [InlineData("zsh", "--no-rcs", "-n")]
    [InlineData("fish", "--no-config", "--no-execute")]
    [InlineData("bash", "--norc", "-n")]
    public void Script_IsWellFormed(string shell, string noConfiguration, string checkOnly)
    {
        Skip.IfNot(Requires.InPath(shell), $"needs {shell}");
        _directory.Write("script", Script(shell));
        CommandResult result = CommandRunner.Run(_directory.Work, [shell, noConfiguration, checkOnly, "script"]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public void Script_NamesEveryVerbAndOption(string shell)
    {
        string script = Script(shell);
        Assert.All(Verbs.All, verb => Assert.Contains(verb.Name, script, StringComparison.Ordinal));
        Assert.All(
            Verbs.All.Prepend(Verbs.Trace).SelectMany(verb => verb.Options().ByName.Values),
            option => Assert.Contains(shell == "fish" ? option.Name.TrimStart('-') : option.Name, script, StringComparison.Ordinal));
    }

    private static string Script(string shell)
    {
        using var output = new StringWriter();
        Assert.Equal(0, Verbs.Run(["completion", shell], output, TextWriter.Null));
        return output.ToString();
    }

    private static string[] Words(string text) => [.. text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
}
