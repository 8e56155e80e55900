using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;
using static Fptrace.Linux.Headers.socket;

namespace Fptrace.Tracing.Calls.Sockets;

/// <summary>
/// socketcall(2), through which i386 makes all calls on sockets. Their arguments are in memory, a word each.
/// </summary>
/// <param name="number">Position of the number of the call that is meant.</param>
/// <param name="arguments">Position of the pointer to its arguments.</param>
internal sealed class SocketCall(int number, int arguments) : Call
{
    public override string Title => "Network: all calls on sockets, of i386";

    public override PathPositions? Paths => PathPositions.None;

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi)
    {
        TrapTest bind = If(SYS_BIND, TrapAction.Stop);
        TrapTest option = If(SYS_SETSOCKOPT, TrapAction.Stop);
        return plan.Network
            ? new Trap(
                TrapAction.Let,
                bind,
                option,
                If(SYS_CONNECT, TrapAction.Stop),
                If(SYS_ACCEPT, TrapAction.Stop),
                If(SYS_ACCEPT4, TrapAction.Stop),
                If(SYS_SENDTO, TrapAction.Notify),
                If(SYS_SENDMSG, TrapAction.Notify),
                If(SYS_SENDMMSG, TrapAction.Notify))
            : plan.Files ? new Trap(TrapAction.Let, bind, option)
            : new Trap(TrapAction.Let, option);

        TrapTest If(int meant, TrapAction action) => new(number, TrapComparison.Equal, (uint)meant, action);
    }

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        int meant = call.Int(number);
        Span<uint> given = stackalloc uint[6];
        ulong array = call.Argument(arguments);
        int used = meant == SYS_SENDTO ? 6 : 3;
        for (int i = 0; i < used; i++)
        {
            if (!context.Memory.TryReadNumber(array + (4 * (ulong)i), 4, out ulong argument))
            {
                return EntryAnswer.Go;
            }

            given[i] = (uint)argument;
        }

        int fd = (int)given[0];
        return meant switch
        {
            SYS_BIND => BindCall.Enter(context, tracee, fd, given[1], (int)given[2]),
            SYS_CONNECT => ConnectCall.Enter(context, tracee, fd, given[1], (int)given[2], CallExit.Seen),
            SYS_ACCEPT or SYS_ACCEPT4 => AcceptCall.Enter(tracee),
            SYS_SENDTO => ConnectCall.Enter(context, tracee, fd, given[4], (int)given[5], CallExit.Unseen),
            SYS_SENDMSG => SendMessageCall.Enter(context, tracee, fd, given[1], 1, pointerSize: 4),
            SYS_SENDMMSG => SendMessageCall.Enter(context, tracee, fd, given[1], (int)given[2], pointerSize: 4),
            SYS_SETSOCKOPT => TimedSocketCall.Enter(tracee, level: (int)given[1], option: (int)given[2]),
            _ => EntryAnswer.Go,
        };
    }

    // The descriptor is in the tracee's memory, so nothing tells here whether the call would wait.
    public override bool MayHaveWaited(CallContext context, Tracee tracee, in SyscallEntry call) => true;
}
