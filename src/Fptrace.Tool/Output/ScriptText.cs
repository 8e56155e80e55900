using System.Buffers;
using System.Globalization;
using Fptrace.Linux.Processes;
using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>The launcher script of one execution.</summary>
/// <remarks>
/// <para>
/// The script runs the program by its path, since a search by name may find another one. argv[0] is then the path. If
/// it was the base name, that is close enough, and <c>sh</c> will do:
/// </para>
/// <code>
/// #!/bin/sh
/// cd /tmp || exit
/// ${exec:-exec} /bin/cat a "$@"
/// </code>
/// <para>To set any other argv[0], bash has <c>exec -a</c>:</para>
/// <code>
/// #!/usr/bin/env bash
/// [ "${BASH_VERSION-}" ] || exec bash "$0" "$@"
/// cd /tmp || exit
/// ${exec:-exec -a -bash} /bin/bash "$@"
/// </code>
/// <para>
/// A recorded environment is set by env(1). A shell that exports it would change some variables (PWD, IFS, SHLVL),
/// could not export every name, and would add the variables of its caller.
/// </para>
/// <para>
/// <c>exec</c> lets the caller put a command in front, as in <c>exec='strace -f' ./1-2-cat</c>. The option <c>-a</c>
/// belongs to the builtin, so it stands inside the braces: another command gets only the path and the arguments, and
/// argv[0] is then the path.
/// </para>
/// </remarks>
internal sealed class ScriptText
{
    // Each word costs its NUL and a pointer (execve(2)). The slack is for the words of env itself.
    private const int WordCost = 1 + 8;
    private const int Slack = 4096;
    private readonly ArrayBufferWriter<byte> _script = new(1024);
    private long _size;

    /// <summary>Whether the last script has comments, because it differs from the execution.</summary>
    public bool HasRemarks { get; private set; }

    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<byte> Of(Execution execution)
    {
        HasRemarks = false;
        _size = 0;
        _script.ResetWrittenCount();
        bool isRunByPath = ShellText.IsRunByPath(execution);
        bool needsBash = !isRunByPath && execution.Environment is null;
        _script.Write(needsBash
            ? "#!/usr/bin/env bash\n[ \"${BASH_VERSION-}\" ] || exec bash \"$0\" \"$@\"\n"u8
            : "#!/bin/sh\n"u8);
        if (execution.Arguments.Count == 0)
        {
            Remark("argv was empty; no shell can do that, and an empty argv[0] is the nearest");
        }

        List<ByteString> variables = Variables(execution.Environment ?? []);
        _size += execution.Arguments.Concat(variables).Sum(word => (long)word.Length + WordCost);
        if (_size + OwnProcess.EnvironmentSize + Slack > OwnProcess.MostArguments)
        {
            Remark(string.Create(CultureInfo.InvariantCulture,
                $"too long: arguments and environment take {_size} bytes; ")
                + "if they are refused, raise the limit of the stack (ulimit -s) first");
        }

        // If the directory is missing, stop: elsewhere the program would change other files.
        _script.Write("cd "u8);
        _script.WriteWord(execution.Directory.Span);
        _script.Write(" || exit\n"u8);
        if (execution.Environment is not null)
        {
            WriteWithEnvironment(execution, variables, isRunByPath);
            return _script.WrittenSpan;
        }

        _script.Write("${exec:-exec"u8);
        if (!isRunByPath)
        {
            _script.Write(" -a "u8);
            _script.WriteWord(Argument0(execution));
        }

        _script.Write("} "u8);
        WriteProgram(execution);
        return _script.WrittenSpan;
    }

    private static ReadOnlySpan<byte> Argument0(Execution execution) =>
        execution.Arguments.Count == 0 ? default : execution.Arguments[0].Span;

    private void WriteWithEnvironment(Execution execution, List<ByteString> variables, bool isRunByPath)
    {
        if (!isRunByPath)
        {
            Remark("argv[0] is given by env of coreutils 9.5 and later; an older one gives the path");
        }

        _script.Write(isRunByPath ? "${exec:-exec} env -i"u8 : "set --"u8);
        if (variables is [{ Span: [(byte)'-', ..] }, ..])
        {
            // env would take the word for an option.
            _script.Write(" --"u8);
        }

        foreach (ByteString variable in variables)
        {
            _script.Write(" \\\n  "u8);
            _script.WriteWord(variable.Span);
        }

        _script.Write(" \\\n  "u8);
        if (execution.Path.Span.Contains((byte)'='))
        {
            // env would take the path for a variable. nice runs what it is given.
            _script.Write("\"$(command -v nice)\" -n 0 "u8);
        }

        WriteProgram(execution);
        if (!isRunByPath)
        {
            _script.Write("env --argv0=x true 2>/dev/null && set -- --argv0="u8);
            _script.WriteWord(Argument0(execution));
            _script.Write(" \"$@\"\n${exec:-exec} env -i \"$@\"\n"u8);
        }
    }

    private void WriteProgram(Execution execution)
    {
        _script.WriteWord(execution.Path.Span);
        foreach (ByteString argument in execution.Arguments.Skip(1))
        {
            _script.Write(" "u8);
            _script.WriteWord(argument.Span);
        }

        _script.Write(" \"$@\"\n"u8);
    }

    /// <summary>The variables that env(1) can set. A comment in the script tells of the others.</summary>
    private List<ByteString> Variables(IReadOnlyList<ByteString> environment)
    {
        var seen = new HashSet<ByteString>();
        var variables = new List<ByteString>();
        foreach (ByteString entry in environment)
        {
            int equals = entry.Span.IndexOf((byte)'=');
            if (equals < 0)
            {
                Remark("no variable, and not given: "u8, entry);
            }
            else if (!seen.Add(new ByteString(entry.Span[..equals])))
            {
                // getenv(3) finds the first of two variables with one name.
                Remark("named twice, and not given: "u8, entry);
            }
            else
            {
                variables.Add(entry);
            }
        }

        return variables;
    }

    private void Remark(string text) => Remark(System.Text.Encoding.UTF8.GetBytes(text), null);

    private void Remark(ReadOnlySpan<byte> text, ByteString? name)
    {
        HasRemarks = true;
        TextLine line = new TextLine().Text("# "u8).Text(text);
        _script.Write((name is { } shown ? line.Name(shown) : line).Text("\n"u8).Bytes);
    }
}
