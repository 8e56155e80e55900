using System.Buffers;
using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>The launcher script of one execution.</summary>
/// <remarks>
/// <para>Where argv[0] leads to the executable, sh(1) suffices:</para>
/// <code>
/// #!/bin/sh
/// cd /tmp
/// ${exec:-exec} cat a "$@"
/// </code>
/// <para>Otherwise bash gives it by <c>exec -a</c>:</para>
/// <code>
/// #!/usr/bin/env bash
/// cd /tmp
/// ${exec:-exec -a -bash} /bin/bash "$@"
/// </code>
/// <para><c>exec</c> lets the caller put a command in front, as in <c>exec='strace -f' ./1-2-cat</c>. The option <c>-a</c> belongs to
/// the builtin, so it stands inside the braces: another command gets the path and the arguments alone, and argv[0] is then the
/// path.</para>
/// </remarks>
internal sealed class ScriptText
{
    private static readonly string[] ReadOnlyVariables = ["BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID"];
    private readonly ArrayBufferWriter<byte> _script = new(1024);

    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<byte> Of(Execution execution)
    {
        bool byName = ShellText.IsRunByName(execution);
        _script.ResetWrittenCount();
        _script.Write(byName ? "#!/bin/sh\n"u8 : "#!/usr/bin/env bash\n"u8);
        if (execution.Environment is { } environment)
        {
            WriteEnvironment(environment);
        }

        _script.Write("cd "u8);
        _script.WriteWord(execution.Directory.Span);
        _script.Write("\n"u8);
        if (execution.Arguments.Count == 0)
        {
            _script.Write("# argv was empty; no shell can do that, and an empty argv[0] is the nearest\n"u8);
        }

        WriteCommand(execution, byName);
        return _script.WrittenSpan;
    }

    private void WriteCommand(Execution execution, bool byName)
    {
        if (byName)
        {
            _script.Write("${exec:-exec} "u8);
            _script.WriteWord(execution.Arguments[0].Span);
        }
        else
        {
            _script.Write("${exec:-exec -a "u8);
            _script.WriteWord(execution.Arguments.Count == 0 ? default : execution.Arguments[0].Span);
            _script.Write("} "u8);
            _script.WriteWord(execution.Path.Span);
        }

        foreach (ByteString argument in execution.Arguments.Skip(1))
        {
            _script.Write(" "u8);
            _script.WriteWord(argument.Span);
        }

        _script.Write(" \"$@\"\n"u8);
    }

    private void WriteEnvironment(IReadOnlyList<ByteString> environment)
    {
        var seen = new HashSet<ByteString>();
        var lines = new List<(ByteString Name, ByteString? Value)>();
        foreach (ByteString entry in environment)
        {
            int equals = entry.Span.IndexOf((byte)'=');
            var name = new ByteString(equals < 0 ? entry.Span : entry.Span[..equals]);

            // Of two entries with one name getenv(3) finds the first.
            if (seen.Add(name))
            {
                lines.Add((name, equals < 0 || !IsExportable(name) ? null : new ByteString(entry.Span[(equals + 1)..])));
            }
        }

        foreach ((ByteString name, ByteString? value) in lines.OrderBy(line => line.Name))
        {
            if (value is { } exported)
            {
                _script.Write("export "u8);
                _script.Write(name.Span);
                _script.Write("="u8);
                _script.WriteWord(exported.Span);
                _script.Write("\n"u8);
            }
            else
            {
                _script.Write(new TextLine().Text("# cannot be exported: "u8).Name(name).Text("\n"u8).Bytes);
            }
        }
    }

    /// <remarks>An assignment to a read-only variable ends a shell in POSIX mode, and bash is sh on some systems.</remarks>
    private static bool IsExportable(ByteString name) =>
        ShellText.IsIdentifier(name.Span) && !ReadOnlyVariables.Contains(name.ToString());
}
