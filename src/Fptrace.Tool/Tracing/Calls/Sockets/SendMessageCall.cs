using Fptrace.Linux.Descriptors;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Sockets;

/// <summary>sendmsg and sendmmsg: each message may name its own destination.</summary>
/// <param name="fd">Position of the socket.</param>
/// <param name="header">Position of the pointer to <c>struct msghdr</c>, or to an array of <c>struct
/// mmsghdr</c>.</param>
/// <param name="count">Position of that array's length; −1: one message.</param>
internal sealed class SendMessageCall(int fd, int header, int count = -1) : Call
{
    // sendmmsg(2) sends no more at once (UIO_MAXIOV).
    private const int MostMessages = 1024;

    public override string Title => "Network: a socket sends messages";

    public override PathPositions? Paths => PathPositions.None;

    public override bool KeepsNames => true;

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) =>
        !plan.Network ? null : count < 0 ? Trap.Notify with { LetsStubPass = true } : Trap.Notify;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit) =>
        Enter(context, tracee, call.Int(fd), call.Argument(header), count < 0 ? 1 : call.Int(count), call.PointerSize);

    public override bool MayHaveWaited(CallContext context, Tracee tracee, in SyscallEntry call) =>
        !Descriptions.CanWrite(tracee.Tgid, call.Int(fd));

    public static EntryAnswer Enter(CallContext context, Tracee tracee, int fd, ulong header, int count,
        int pointerSize)
    {
        // A struct mmsghdr is a struct msghdr, which takes seven words, and a length.
        ulong size = (ulong)pointerSize * 8;
        for (int i = 0; i < Math.Min(count, MostMessages); i++, header += size)
        {
            if (context.Memory.TryReadNumber(header, pointerSize, out ulong address)
                && address != 0
                && context.Memory.TryReadNumber(header + (ulong)pointerSize, 4, out ulong length))
            {
                ConnectCall.Enter(context, tracee, fd, address, (int)length, CallExit.Unseen);
            }
        }

        return EntryAnswer.Go;
    }
}
