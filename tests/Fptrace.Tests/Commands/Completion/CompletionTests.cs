using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Commands.Completion;

/// <summary>What the shells complete with our scripts.</summary>
public sealed class CompletionTests : IDisposable
{
    /// <summary>zsh completes at a terminal alone: a second one, which writes down what it is offered, and a mark when
    /// it is done.</summary>
    private const string ZshAtTerminal = """
        zmodload zsh/zpty
        zpty inner zsh --no-rcs -i
        zpty -w inner 'autoload -Uz compinit && compinit -u -D; source ./script'
        zpty -w inner 'only-here() { :; }; _only-here() { _arguments --of-only-here; }; compdef _only-here only-here'
        zpty -w inner 'compadd() { [[ "${@[1,(i)(-|--)]}" == *-(O|A|D)\ * ]] || { local -a hits; builtin compadd -A hits "$@"; print -rl -- $hits >> offered; }; builtin compadd "$@"; }'
        zpty -w inner 'complete-and-mark() { zle complete-word; print -r -- "do""ne"; }; zle -N complete-and-mark; bindkey "^I" complete-and-mark; print -r -- "rea""dy"'
        zpty -r inner seen '*ready*'
        zpty -w -n inner "$1"$'\t'
        zpty -r inner seen '*done*'
        zpty -d inner
        [[ ! -e offered ]] || cat offered
        """;

    private readonly WorkDirectory _directory = new();

    public CompletionTests()
    {
        _directory.Write("deps.json", "");
        Directory.CreateDirectory(_directory.Path("folder"));
    }

    public void Dispose() => _directory.Dispose();

    [SkippableTheory]
    [InlineData("run", "fptrace", "ru")]
    [InlineData("run list check explain forget cache undelete doctor completion help version", "fptrace", "")]
    [InlineData("--cache --cache-mode --cache-anywhere --cache-idempotent", "fptrace", "run", "--ca")]
    [InlineData("--force --forget-after", "fptrace", "run", "--manifest", "m", "--fo")]
    [InlineData("--engine", "fptrace", "--eng")]
    [InlineData("auto notify fast ptrace syscall", "fptrace", "--engine", "")]
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
    [InlineData("run", "fptrace ru")]
    [InlineData("--cache --cache-mode --cache-anywhere --cache-idempotent", "fptrace run --ca")]
    [InlineData("auto notify fast ptrace syscall", "fptrace --engine ")]
    [InlineData("deps.json folder", "fptrace -d ")]
    [InlineData("folder", "fptrace run --root ")]
    [InlineData("--cache=folder", "fptrace run --cache=f")]
    [InlineData("stats verify gc clear", "fptrace cache ")]
    [InlineData("explain", "fptrace help ex")]
    [InlineData("--no-env --no-refresh", "fptrace check deps.json --no")]
    [InlineData("only-here", "fptrace only-h")]
    [InlineData("only-here", "fptrace run --force only-h")]
    [InlineData("only-here", "fptrace run --engine ptrace -- only-h")]
    [InlineData("only-here", "fptrace explain -- only-h")]
    [InlineData("--of-only-here", "fptrace run only-here --o")]
    [InlineData("--of-only-here", "fptrace -d deps.json only-here --o")]
    [InlineData("", "fptrace run true --fo")]
    [InlineData("deps.json folder", "fptrace run true ")]
    public void Fish_Completes(string expected, string line)
    {
        Skip.IfNot(Requires.InPath("fish"), "needs fish");
        string[] script = ["function only-here; end", "complete -c only-here -l of-only-here", Script("fish"),
            $"complete -C '{line}'"];
        CommandResult result = CommandRunner.Run(_directory.Work,
            ["fish", "--no-config", "-c", string.Join('\n', script)]);
        Assert.Equal("", result.Error);
        // Behind a tab stands what the word is; a directory ends with a slash. Programs may begin with "ru", too.
        IEnumerable<string> offered = result.Output.Split('\n').Select(row => row.Split('\t')[0].TrimEnd('/'));
        Assert.Equal(Words(expected),
            Words(string.Join('\n', line == "fptrace ru" ? offered.Where(word => word == "run") : offered)));
    }

    [SkippableTheory]
    [InlineData("run", "fptrace ru")]
    [InlineData("--cache --cache-mode --cache-anywhere --cache-idempotent", "fptrace run --ca")]
    [InlineData("auto notify fast ptrace syscall", "fptrace --engine ")]
    [InlineData("ptrace", "fptrace run --engine=p")]
    [InlineData("deps.json folder script shell", "fptrace -d ")]
    [InlineData("folder", "fptrace run --root ")]
    [InlineData("stats verify gc clear", "fptrace cache ")]
    [InlineData("explain", "fptrace help ex")]
    [InlineData("only-here", "fptrace run --force only-h")]
    [InlineData("only-here", "fptrace run --engine ptrace -- only-h")]
    [InlineData("only-here", "fptrace explain -- only-h")]
    [InlineData("--of-only-here", "fptrace run only-here --o")]
    [InlineData("--of-only-here", "fptrace -d deps.json -- only-here --o")]
    [InlineData("", "fptrace run true --fo")]
    public void Zsh_Completes(string expected, string line)
    {
        Skip.IfNot(Requires.InPath("zsh"), "needs zsh");
        _directory.Write("script", Script("zsh"));
        _directory.Write("shell", ZshAtTerminal);
        CommandResult result = CommandRunner.Run(_directory.Work, ["zsh", "--no-rcs", "shell", line]);
        Assert.Equal("", result.Error);
        Assert.Equal(Words(expected), Words(result.Output).Distinct());
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
            option =>
                Assert.Contains(shell == "fish" ? option.Name.TrimStart('-') : option.Name, script,
                    StringComparison.Ordinal));
    }

    private static string Script(string shell)
    {
        using var output = new StringWriter();
        Assert.Equal(0, Verbs.Run(["completion", shell], output, TextWriter.Null));
        return output.ToString();
    }

    private static string[] Words(string text) =>
        [.. text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
}
