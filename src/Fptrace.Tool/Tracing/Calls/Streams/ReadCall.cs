using Fptrace.Linux.Descriptors;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Streams;

/// <summary>
/// read and its kin: from a pipe between processes, from what was printed, or of what somebody types.
/// </summary>
internal sealed class ReadCall(int fd) : Call
{
    public override string Title => "Input: from a descriptor";

    public override bool KeepsNames => true;

    public override PathPositions? Paths => PathPositions.None;

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan switch
    {
        { Prints.Reads: true } => Trap.Notify,
        { Terminal: not null } => new Trap(TrapAction.Let, new TrapTest(fd, TrapComparison.Equal, 0, TrapAction.Stop)),
        { Stdio: true } => StreamUses.TrapOf(fd),
        _ => null,
    };

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        int descriptor = call.Int(fd);
        if (context.Plan.Terminal is { } terminal && IsOfTyping(tracee, descriptor, terminal))
        {
            if (exit == CallExit.Seen)
            {
                return CallContext.Want(tracee, new Pending());
            }

            // The exit is not seen. Most likely the read will return what somebody types.
            terminal.Read();
            return EntryAnswer.Go;
        }

        if (context.Plan.Prints is { } prints)
        {
            NotePrints(tracee, descriptor, prints);
            return EntryAnswer.Go;
        }

        return context.Plan.Stdio ? context.Streams.Enter(tracee, descriptor, Direction.Read) : EntryAnswer.Go;
    }

    public override bool MayHaveWaited(CallContext context, Tracee tracee, in SyscallEntry call) =>
        !Descriptions.CanRead(tracee.Tgid, call.Int(fd));

    /// <summary>Notes a read of a file that the command has as its stdout or stderr.</summary>
    public static void NotePrints(Tracee tracee, int fd, PrintWatch prints)
    {
        if (prints.Reads && prints.StreamOf(tracee.Tid, fd) is int stream)
        {
            prints.AddFault(stream, "it read what stands there");
        }
    }

    private static bool IsOfTyping(Tracee tracee, int fd, TerminalWatch terminal) =>
        fd == 0 && !terminal.IsRead && terminal.StreamsOf(tracee.Tid, 0) != TerminalStreams.None;

    private sealed class Pending : PendingCall
    {
        public override bool? HasComeTrue() => false;

        // A result of 0 counts, too: somebody typed the end of the input (Ctrl-D).
        protected override void Succeeded(CallContext context, Tracee tracee, long result) =>
            context.Plan.Terminal!.Read();
    }
}
