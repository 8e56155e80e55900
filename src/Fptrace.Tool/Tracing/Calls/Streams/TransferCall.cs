using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Streams;

/// <summary>sendfile, splice, tee, copy_file_range: bytes go from one descriptor to another.</summary>
/// <param name="from">Position of the descriptor that is read.</param>
/// <param name="to">Position of the descriptor that is written.</param>
/// <param name="offset">Position of a pointer to an offset in what is written; −1 for a call that has none.</param>
internal sealed class TransferCall(int from, int to, int offset = -1) : Call
{
    // The answer to a transfer to a terminal. Linux 5.10 said the same, so programs know to write instead.
    private const long NoTransfer = -errno.EINVAL;

    public override string Title => "Transfer: from one descriptor to another";

    public override bool KeepsNames => true;

    public override PathPositions? Paths => PathPositions.None;

    public override bool MayBeMadeAgain => true;

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan switch
    {
        { Terminal.SeesWrites: true } => Trap.Stop,
        { Prints: not null } => Trap.Notify,
        { Stdio: true } => StreamUses.TrapOf(from, to),
        _ => null,
    };

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        int target = call.Int(to);
        if (context.Plan.Terminal is { SeesWrites: true } terminal
            && terminal.StreamsOf(tracee.Tid, target) != TerminalStreams.None)
        {
            return PendingAnswer.Give(tracee, NoTransfer);
        }

        if (context.Plan.Prints is { } prints)
        {
            ReadCall.NotePrints(tracee, call.Int(from), prints);
            return prints.StreamOf(tracee.Tid, target) is int stream
                ? Print(tracee, call, prints, stream, exit)
                : EntryAnswer.Go;
        }

        return context.Plan.Stdio ? Use(context, tracee, call, exit) : EntryAnswer.Go;
    }

    public override bool MayHaveWaited(CallContext context, Tracee tracee, in SyscallEntry call) =>
        !Descriptions.CanRead(tracee.Tgid, call.Int(from)) || !Descriptions.CanWrite(tracee.Tgid, call.Int(to));

    private EntryAnswer Print(Tracee tracee, in SyscallEntry call, PrintWatch prints, int stream, CallExit exit)
    {
        if (call.Argument(offset) != 0)
        {
            prints.AddFault(stream, "it wrote elsewhere than at the end of what it had written before");
            return EntryAnswer.Go;
        }

        // Only the exit shows how much was moved.
        return exit == CallExit.Seen
            ? CallContext.Want(tracee, new PendingPrint(stream, isTransfer: true))
            : EntryAnswer.MakeAgain;
    }

    /// <summary>Handles a transfer from or to a standard stream.</summary>
    /// <remarks>
    /// Many files refuse such a call, and the caller reads and writes instead, so only the exit tells.
    /// </remarks>
    private EntryAnswer Use(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        StreamUse? read = context.Streams.Find(tracee, call.Int(from), Direction.Read);
        StreamUse? written = context.Streams.Find(tracee, call.Int(to), Direction.Write);
        return read is null && written is null ? EntryAnswer.Go
            : exit == CallExit.Seen ? CallContext.Want(tracee, new Pending(read, written))
            : EntryAnswer.MakeAgain;
    }

    private sealed class Pending(StreamUse? read, StreamUse? written) : PendingCall
    {
        public override bool LooksUp => true;

        // Nobody knows how much was moved before the thread ended, so it counts as moved.
        public override void CutShort(CallContext context, Tracee tracee, bool cameTrue) =>
            Succeeded(context, tracee, 1);

        protected override void Succeeded(CallContext context, Tracee tracee, long result)
        {
            // A result of 0 is a read, too: of the end of the input.
            if (read is not null)
            {
                context.Streams.Record(tracee, read);
            }

            if (written is not null && result > 0)
            {
                context.Streams.Record(tracee, written);
            }
        }
    }
}
