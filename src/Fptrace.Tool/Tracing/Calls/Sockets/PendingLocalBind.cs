using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Sockets;

/// <summary>A bind to an address that only this machine can reach.</summary>
/// <param name="fd">The socket.</param>
/// <param name="address">The <c>struct sockaddr</c> that was given.</param>
internal sealed class PendingLocalBind(int fd, ByteString address) : PendingCall
{
    public override bool? HasComeTrue() => false;

    public override void CutShort(CallContext context, Tracee tracee, bool cameTrue) =>
        Finish(context, tracee, -errno.EINTR);

    protected override void Succeeded(CallContext context, Tracee tracee, long result)
    {
        var bound = new SocketAddress(address.Span);
        if (!context.Sockets.TryInode(tracee, fd, out ulong inode) || !TryAdd(context, tracee, inode, bound))
        {
            context.Sockets.AddNetwork(tracee, bound, SocketLookups.ListensAt);
        }
    }

    protected override void Failed(CallContext context, Tracee tracee, long error)
    {
        // Somebody else has the address, perhaps from outside of the command. Other errors depend on nobody else.
        if (error == -errno.EADDRINUSE)
        {
            context.Sockets.AddNetwork(tracee, new SocketAddress(address.Span), SocketLookups.ListensAt);
        }
    }

    private bool TryAdd(CallContext context, Tracee tracee, ulong inode, in SocketAddress bound)
    {
        switch (Descriptions.Protocol(tracee.Tgid, fd))
        {
            case SocketProtocol.Stream:
                context.Names.Loopback.AddListener(inode);
                return true;
            case SocketProtocol.Datagram:
                context.Names.Loopback.AddReceiver(inode, tracee.Tgid, SocketLookups.ListensAt + bound.ToString());
                return true;
            default:
                return false;
        }
    }
}
