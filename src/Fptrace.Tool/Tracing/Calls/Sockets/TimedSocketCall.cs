using Fptrace.Linux.Headers;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Sockets;

/// <summary>setsockopt, if it gives a socket a time limit.</summary>
/// <remarks>
/// A filter cannot tell such a socket from others. So from then on every call of the process stops, and of those that
/// it makes, until an execve leaves none such open. Few programs give such limits, rather than use poll. Other threads
/// of the process stop only from their next stop on.
/// </remarks>
internal sealed class TimedSocketCall : Call
{
    private static readonly uint[] s_limits =
        [socket.SO_RCVTIMEO, socket.SO_SNDTIMEO, socket.SO_RCVTIMEO_NEW, socket.SO_SNDTIMEO_NEW];

    public override string Title => "Time limits of sockets: when the calls begin that they end";

    public override bool KeepsNames => true;

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => new(
        TrapAction.Let,
        Array.ConvertAll(s_limits, limit => new TrapTest(2, TrapComparison.Equal, limit, TrapAction.Stop)));

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit) =>
        Enter(tracee, call.Int(1), call.Int(2));

    public static EntryAnswer Enter(Tracee tracee, int level, int option)
    {
        if (level == socket.SOL_SOCKET && s_limits.Contains((uint)option))
        {
            tracee.Group.TimeSockets();
        }

        return EntryAnswer.Go;
    }
}
