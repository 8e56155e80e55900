using Fptrace.Linux.Descriptors;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Sockets;

/// <summary>accept and accept4: they show who connected to a socket of the command.</summary>
internal sealed class AcceptCall : Call
{
    public override string Title => "Network: a socket takes a connection";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.Network ? Trap.Stop : null;

    public override bool KeepsNames => true;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit) =>
        Enter(tracee);

    public static EntryAnswer Enter(Tracee tracee) => CallContext.Want(tracee, new Pending());

    private sealed class Pending : PendingCall
    {
        public override bool? HasComeTrue() => false;

        protected override void Succeeded(CallContext context, Tracee tracee, long result)
        {
            int fd = (int)result;
            if (Descriptions.Protocol(tracee.Tgid, fd) == SocketProtocol.Unix)
            {
                context.Names.Peers.Accept(Descriptions.Peer(tracee.Tgid, fd), tracee.Tgid);
                return;
            }

            InternetEndpoint peer = context.Sockets.TryInode(tracee, fd, out ulong inode)
                && SocketTable.Connection(tracee.Tid, inode) is { } connection
                ? connection.Remote
                : default;
            context.Names.Loopback.Accept(
                peer,
                tracee.Tgid,
                peer == default
                    ? "it took a connection from nobody knows where"
                    : $"it took a connection from outside of the command, from port {peer.Port}");
        }
    }
}
