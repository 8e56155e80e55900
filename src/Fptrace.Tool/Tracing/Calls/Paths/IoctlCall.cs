using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;
using static Fptrace.Linux.Headers.ioctl;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>ioctl: changes what chattr(1) changes, or asks a terminal that is watched.</summary>
internal sealed class IoctlCall(int fd, int request) : AttributesCall(at: fd)
{
    /// <summary>Requests that change a file's attributes.</summary>
    private static readonly uint[] s_attributes = [FS_IOC_SETFLAGS, FS_IOC32_SETFLAGS, FS_IOC_FSSETXATTR];

    /// <summary>Requests that only a terminal answers, and requests that change how it answers.</summary>
    private static readonly uint[] s_terminal =
    [
        TCGETS, TCSETS, TCSETSW, TCSETSF, TCGETA, TIOCGPGRP, TIOCSTI, TIOCGWINSZ, TIOCGETD, TIOCGSID, TCGETS2, TCSETS2,
        TCSETSW2, TCSETSF2,
    ];

    public override string Title => "Attributes, and questions to a terminal, by request";

    public override bool KeepsNames => true;

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.Files
        ? new Trap(TrapAction.Let, [.. (plan.Terminal is null ? s_attributes : [.. s_attributes, .. s_terminal]).Select(
            value => new TrapTest(request, TrapComparison.Equal, value, TrapAction.Stop))])
        : null;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        uint asked = (uint)call.Int(request);
        if (context.Plan.Terminal is not { } terminal || !s_terminal.Contains(asked))
        {
            return base.Enter(context, tracee, call, exit);
        }

        TerminalStreams streams = terminal.StreamsOf(tracee.Tid, call.Int(At));
        terminal.Ask(streams, asked == TIOCGWINSZ);
        if (asked == TIOCSTI && streams != TerminalStreams.None)
        {
            terminal.AddFault("it put words into the terminal as if they were typed");
        }

        return EntryAnswer.Go;
    }
}
