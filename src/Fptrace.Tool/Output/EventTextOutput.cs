using Fptrace.Model;

namespace Fptrace.Output;

/// <summary><c>-t</c>: one line per event, written when it happens, for people and for diff.</summary>
/// <remarks>
/// <para>
/// A line is <c>ID PID VERB DETAILS</c>: the ID of the execution, the process, and what happened. The process is
/// <c>-</c> if the event belongs to the whole execution. There are no times, so that two traces can be compared.
/// </para>
/// <code>
/// 1 4711 exec /bin/sh ["sh","-c","cp a b"] in /tmp from 0
/// 1 - read /tmp/a
/// 1 - create /tmp/b
/// 1 - write /tmp/c truncated
/// 1 - rename-from /tmp/b -> "/tmp/two words"
/// 1 - rename-to "/tmp/two words" &lt;- /tmp/b
/// 1 4711 exit 0
/// 1 4712 killed 9
/// 1 - end
/// </code>
/// <para>
/// The verbs of accesses are those of <see cref="AccessWords"/>, and <c>from</c> names the parent execution. A name
/// with white space, quotes, backslashes or invisible characters stands in double quotes, with the escapes of C
/// (<see cref="TextLine.Quoted"/>). Arguments always do. An event never takes more than one line.
/// </para>
/// </remarks>
/// <param name="file">The file. This object owns it.</param>
internal sealed class EventTextOutput(OutputFile file) : TraceOutput(file.Name)
{
    private readonly TextLine _line = new();

    public override TraceNeeds Needs => NeedsAll;

    public override bool IsWatched => file.IsLive;

    protected override void WriteStart(Execution execution)
    {
        Begin(execution, execution.Pid).Text("exec "u8).Name(execution.Path).Text(" ["u8);
        for (int i = 0; i < execution.Arguments.Count; i++)
        {
            _line.Text(i == 0 ? default : ","u8).Quoted(execution.Arguments[i]);
        }

        _line.Text("] in "u8).Name(execution.Directory).Text(" from "u8).Number(execution.ParentId);
        End();
    }

    protected override void WriteAccess(Execution execution, in Access access)
    {
        Begin(execution, null).Text(AccessWords.Of(access.Kind)).Text(" "u8).Name(access.Path);
        if (!access.Counterpart.IsEmpty)
        {
            // The arrow points from the old name to the new one, and from a symbolic link to its target.
            _line.Text(access.Kind is AccessKind.RenameTo or AccessKind.LinkTo ? " <- "u8 : " -> "u8)
                .Name(access.Counterpart);
        }

        if (access.Truncates && access.Kind != AccessKind.Create)
        {
            _line.Text(" truncated"u8);
        }

        End();
    }

    protected override void WriteExit(Execution execution, int pid, int status)
    {
        Begin(execution, pid).Text(status < 0 ? "killed "u8 : "exit "u8).Number(Math.Abs(status));
        End();
    }

    protected override void WriteEnd(Execution execution)
    {
        Begin(execution, null).Text("end"u8);
        End();
    }

    protected override void Finish(TraceSummary summary) => file.Commit();

    protected override void Discard() => file.Dispose();

    private TextLine Begin(Execution execution, int? pid)
    {
        _line.Clear();
        _line.Number(execution.Id).Text(" "u8);
        return (pid is int number ? _line.Number(number) : _line.Text("-"u8)).Text(" "u8);
    }

    private void End() => file.Write(_line.Text("\n"u8).Bytes);
}
