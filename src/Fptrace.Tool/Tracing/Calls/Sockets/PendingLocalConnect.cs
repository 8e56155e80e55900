using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Sockets;

/// <summary>A connect to an address of this machine. It matters whether the command itself listens there.</summary>
/// <param name="fd">The socket.</param>
/// <param name="address">The <c>struct sockaddr</c> that was given.</param>
/// <param name="isInside">Whether only sockets of the command listened there at the entry.</param>
internal sealed class PendingLocalConnect(int fd, ByteString address, bool isInside) : PendingCall
{
    public override void Finish(CallContext context, Tracee tracee, long result)
    {
        var server = new SocketAddress(address.Span);
        if (result is -errno.EADDRNOTAVAIL or -errno.ENETUNREACH or -errno.EAFNOSUPPORT or -errno.EALREADY
            or -errno.EISCONN)
        {
            // The machine has no such address, or an earlier connect of the socket was handled.
            return;
        }

        bool hasInode = context.Sockets.TryInode(tracee, fd, out ulong inode);
        bool isStream = !hasInode || Descriptions.Protocol(tracee.Tgid, fd) == SocketProtocol.Stream;
        if (!isStream)
        {
            context.Sockets.SendLocally(tracee, fd, server);
            return;
        }

        List<ulong> listeners = SocketTable.Listeners(tracee.Tid, server.Endpoint);
        if (isInside || context.Names.Loopback.AreListeners(listeners, server.Endpoint.Port))
        {
            if (hasInode && SocketTable.Connection(tracee.Tid, inode) is { } connection)
            {
                context.Names.Loopback.AddClient(connection.Local);
            }
        }
        else if (listeners.Count == 0 && result is -errno.ECONNREFUSED or -errno.EINPROGRESS)
        {
            context.Names.Loopback.Refuse(server.Endpoint.Port, tracee.Tgid,
                SocketLookups.ReachesFor + server.ToString());
        }
        else
        {
            context.Sockets.AddNetwork(tracee, server, SocketLookups.ReachesFor);
        }
    }
}
