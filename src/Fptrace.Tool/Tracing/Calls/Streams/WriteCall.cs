using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Streams;

/// <summary>write and its kin: into a pipe between processes, or to what is printed.</summary>
/// <param name="form">How the call passes its bytes.</param>
/// <param name="fd">Position of the descriptor.</param>
/// <param name="data">Position of the pointer to the bytes or pieces.</param>
/// <param name="count">Position of the number of bytes or pieces.</param>
internal sealed class WriteCall(WriteForm form, int fd, int data, int count) : Call
{
    // writev(2) takes no more at once (IOV_MAX).
    private const int MostPieces = 1024;

    public override string Title => "Output: to a descriptor";

    public override bool KeepsNames => true;

    public override PathPositions? Paths => PathPositions.None;

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan switch
    {
        { Terminal.SeesWrites: true } => Trap.Stop,
        { Prints: not null } => Trap.Notify,
        { Stdio: true } => StreamUses.TrapOf(fd),
        _ => null,
    };

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        int descriptor = call.Int(fd);
        if (context.Plan.Terminal is { SeesWrites: true } terminal
            && terminal.StreamsOf(tracee.Tid, descriptor) is not TerminalStreams.None and var streams)
        {
            long pieces = form switch
            {
                WriteForm.Bytes => 0,
                WriteForm.Pieces => (long)Math.Min(call.Argument(count), MostPieces),
                _ => -1,
            };
            return CallContext.Want(tracee,
                new PendingTerminalWrite(streams, call.Argument(data), pieces, call.PointerSize));
        }

        if (context.Plan.Prints is { } prints)
        {
            return prints.StreamOf(tracee.Tid, descriptor) is int stream
                ? Print(context, tracee, call, prints, stream, exit)
                : EntryAnswer.Go;
        }

        return context.Plan.Stdio ? context.Streams.Enter(tracee, descriptor, Direction.Write) : EntryAnswer.Go;
    }

    public override bool MayHaveWaited(CallContext context, Tracee tracee, in SyscallEntry call) =>
        !Descriptions.CanWrite(tracee.Tgid, call.Int(fd));

    /// <summary>Counts a write to a file that the command has as its stdout or stderr.</summary>
    private EntryAnswer Print(CallContext context, Tracee tracee, in SyscallEntry call, PrintWatch prints, int stream,
        CallExit exit)
    {
        if (form == WriteForm.Elsewhere)
        {
            prints.AddFault(stream, "it wrote elsewhere than at the end of what it had written before");
            return EntryAnswer.Go;
        }

        if (exit == CallExit.Seen)
        {
            return CallContext.Want(tracee, new PendingPrint(stream));
        }

        // The exit is not seen. A write that comes short or fails shows later: the file has grown by less than was
        // counted.
        prints.Add(stream, form == WriteForm.Bytes ? (long)call.Argument(count) : LengthOfPieces(context.Memory, call));
        return EntryAnswer.Go;
    }

    /// <summary>
    /// The sum of the lengths in an array of iovec(3type). Where it cannot be read, the call will fail.
    /// </summary>
    private long LengthOfPieces(TraceeMemory memory, in SyscallEntry call)
    {
        ulong at = call.Argument(data);
        ulong pieces = Math.Min(call.Argument(count), MostPieces);
        long length = 0;
        for (ulong i = 0; i < pieces; i++)
        {
            if (!memory.TryReadNumber(at + ((2 * i) + 1) * (ulong)call.PointerSize, call.PointerSize, out ulong piece))
            {
                break;
            }

            length += (long)piece;
        }

        return length;
    }
}
