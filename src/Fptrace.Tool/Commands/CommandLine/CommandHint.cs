using System.Buffers;
using Fptrace.Commands.Cache;
using Fptrace.Commands.Run;
using Fptrace.Output;

namespace Fptrace.Commands.CommandLine;

/// <summary>Guesses what the user meant when the command cannot be started.</summary>
/// <remarks>It looks only after the failure, so a command that starts pays nothing.</remarks>
/// <param name="split">The command line.</param>
/// <param name="table">The options of the verb.</param>
internal sealed class CommandHint(SplitArguments split, OptionTable table)
{
    private static readonly SearchValues<char> s_shellSyntax = SearchValues.Create("|&;<>()$`*?~{}[]#\n");

    /// <summary>Words that a shell handles itself. Linux has no programs of these names.</summary>
    private static readonly string[] s_shellWords =
    [
        ".", ":", "alias", "bg", "builtin", "case", "cd", "command", "declare", "eval", "exec", "exit", "export", "fg",
        "for", "function", "if", "local", "popd",
        "pushd", "read", "set", "shift", "shopt", "source", "trap", "type", "ulimit", "umask", "unalias", "unset",
        "until", "wait", "while", "!", "{",
    ];

    /// <summary>How the values of strace's option -e begin.</summary>
    private static readonly string[] s_filters = ["trace=", "signal=", "signals=", "status=", "inject=", "fault=", "%"];

    private readonly IReadOnlyList<string> _words = split.Command;

    private string Given => split.Given.Count == 0 ? table.Call : $"{table.Call} {ShellWords.Join(split.Given)}";

    /// <param name="failure">Why the command could not be started.</param>
    /// <param name="split">The command line.</param>
    /// <param name="table">The options of the verb.</param>
    /// <returns>The failure, with a remedy if there is one.</returns>
    public static FptraceException Add(FptraceException failure, SplitArguments split, OptionTable table)
    {
        var hint = new CommandHint(split, table);
        if (failure.ExitCode == ExitCodes.NotFound && hint.LateOptions() is { } right)
        {
            return Usage.Error($"options stand before --: {right}");
        }

        string? remedy = failure.ExitCode switch
        {
            ExitCodes.NotFound => hint.NotFound(),
            ExitCodes.NotExecutable => hint.NotExecutable(),
            _ => null,
        };
        return remedy is null ? failure : new FptraceException(failure.ExitCode, $"{failure.Message}; {remedy}");
    }

    /// <summary>
    /// Corrects a line such as <c>fptrace -- -d x.json true</c>; null when no option stands after <c>--</c>.
    /// </summary>
    private string? LateOptions()
    {
        if (!split.HasDashes || _words[0].Length < 2 || _words[0][0] != '-')
        {
            return null;
        }

        SplitArguments late;
        try
        {
            late = ArgumentSplitter.Split(_words, table);
        }
        catch (FptraceException)
        {
            // An option is unknown or lacks its value, so nobody can tell where the command begins.
            return $"{Given} OPTIONS -- COMMAND";
        }

        string[] command = [.. _words.Skip(late.Given.Count)];
        if (command.Length == 0 && late.Options.Any(option => option is "--help=true" or "--version=true"))
        {
            return $"{Given} {ShellWords.Join(_words)}";
        }

        command = command is ["--", ..] ? command[1..] : command;
        return $"{Given} {ShellWords.Join([.. _words.Take(late.Given.Count)])} -- "
            + $"{(command.Length == 0 ? "COMMAND" : ShellWords.Join(command))}";
    }

    private string? NotFound()
    {
        string name = _words[0];
        bool isTrace = table.Verb.Length == 0;
        return isTrace && split.Given is [.., "-e"]
            && s_filters.Any(filter => name.StartsWith(filter, StringComparison.Ordinal))
                ? "-e takes no value here, and records the environment; what is recorded depends on the outputs: "
                    + "fptrace -o FILE COMMAND"
            : name.Contains('=', StringComparison.Ordinal)
                && ShellText.IsIdentifier(
                    System.Text.Encoding.UTF8.GetBytes(name[..name.IndexOf('=', StringComparison.Ordinal)]))
                ? $"to set a variable, write {Given} env {ShellWords.Join(_words)}"
            : _words.Count == 1 && name.AsSpan().ContainsAny(s_shellSyntax)
                ? $"for a line of shell, write {Given} sh -c {ShellWords.Join(_words)}"
            : _words.Count == 1 && name.Contains(' ', StringComparison.Ordinal)
                ? $"write {Given} {name}, without the quotes"
            : Verbs.Find(name) is not null ? $"a verb comes first: {Verbed(name)}"
            : CacheDirectory() is { } cache ? cache
            : s_shellWords.Contains(name, StringComparer.Ordinal)
                ? $"it is a word of the shell: {Given} sh -c {ShellWords.Join([ShellWords.Join(_words)])}"
            : !name.Contains('/', StringComparison.Ordinal) && File.Exists(name)
                ? $"for the file here, write {Given} {ShellWords.Join(["./" + name, .. _words.Skip(1)])}"
            : isTrace && CacheOptionTable.Actions.Contains(name, StringComparer.Ordinal)
                ? $"did you mean fptrace cache {ShellWords.Join(_words)}?"
            : isTrace && Spelling.Nearest(name, Verbs.All.Select(verb => verb.Name)) is { } near
                ? $"did you mean {Verbed(near)}?"
            : null;
    }

    private string? NotExecutable()
    {
        string name = _words[0];
        return Directory.Exists(name) ? CacheDirectory() ?? "it is a directory"
            : File.Exists(name) && name.Contains('/', StringComparison.Ordinal)
                ? $"chmod +x {ShellWords.Join([name])} makes it a program"
            : null;
    }

    /// <summary>Corrects <c>run --cache DIR make</c>, where the directory is taken for the command.</summary>
    private string? CacheDirectory() => table is RunOptionTable run && run.HasBareCache(split)
        && split.Given[^1] == "--cache"
        ? $"the directory of a cache follows '=': fptrace run --cache={ShellWords.Join([_words[0]])} "
            + $"{(_words.Count > 1 ? ShellWords.Join([.. _words.Skip(1)]) : "COMMAND")}"
        : null;

    private string Verbed(string verb) => ShellWords.Join(["fptrace", verb, .. _words.Skip(1)]);
}
