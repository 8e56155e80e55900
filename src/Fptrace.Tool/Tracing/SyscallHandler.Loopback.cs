using System.Buffers.Text;
using Fptrace.Interop;
using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>Addresses that lead to this machine alone: whether the command talks with itself there.</summary>
internal sealed partial class SyscallHandler
{
    private static EntryAnswer EnterLocalBind(Tracee tracee, int fd, in SocketAddress address) =>
        Want(tracee, new PendingCall { Operation = Operation.Bind, Flags = fd, Address = new ByteString(address.Bytes) });

    private void ExitLocalBind(Tracee tracee, PendingCall call, long result)
    {
        var address = new SocketAddress(call.Address.Span);
        bool isTold = result switch
        {
            >= 0 => TryInode(tracee, call.Flags, out ulong inode) && AddBound(tracee, call.Flags, inode, address),

            // Somebody else has it. Any other failure is of this machine, or of the call.
            -errno.EADDRINUSE => false,
            _ => true,
        };
        if (!isTold)
        {
            AddNetwork(tracee, address, ListensAt);
        }
    }

    private bool AddBound(Tracee tracee, int fd, ulong inode, in SocketAddress address)
    {
        switch (Descriptions.Protocol(tracee.Tgid, fd))
        {
            case SocketProtocol.Stream:
                _names.Loopback.AddListener(inode);
                return true;
            case SocketProtocol.Datagram:
                _names.Loopback.AddReceiver(inode, tracee.Tgid, ListensAt + address.ToString());
                return true;
            default:
                return false;
        }
    }

    private EntryAnswer EnterLocalConnect(Tracee tracee, int fd, in SocketAddress address)
    {
        // Who listens only for this one connection may be gone when it has ended.
        bool isInside = _names.Loopback.AreListeners(SocketTable.Listeners(tracee.Tid, address.Endpoint), address.Endpoint.Port);
        return Want(tracee, new PendingCall { Operation = Operation.Connect, Flags = fd, Address = new ByteString(address.Bytes), IsInside = isInside });
    }

    private void ExitConnect(Tracee tracee, PendingCall call, long result)
    {
        if (call.Address.IsEmpty)
        {
            // Who left a socket file behind is no server: what stands there was looked at, and a new server makes its own.
            if (result is not (-errno.ECONNREFUSED or -errno.ENOENT))
            {
                _recorder.AddServer(tracee.Tgid, call.Path);
            }

            return;
        }

        var address = new SocketAddress(call.Address.Span);
        if (result is -errno.EADDRNOTAVAIL or -errno.ENETUNREACH or -errno.EAFNOSUPPORT or -errno.EALREADY or -errno.EISCONN)
        {
            // This machine has no such address, or it is all said already.
            return;
        }

        bool hasInode = TryInode(tracee, call.Flags, out ulong inode);
        bool isStream = !hasInode || Descriptions.Protocol(tracee.Tgid, call.Flags) == SocketProtocol.Stream;
        if (!isStream)
        {
            SendLocally(tracee, call.Flags, address);
            return;
        }

        List<ulong> listeners = SocketTable.Listeners(tracee.Tid, address.Endpoint);
        if (call.IsInside || _names.Loopback.AreListeners(listeners, address.Endpoint.Port))
        {
            if (hasInode && SocketTable.Connection(tracee.Tid, inode) is { } connection)
            {
                _names.Loopback.AddClient(connection.Local);
            }
        }
        else if (listeners.Count == 0 && result is -errno.ECONNREFUSED or -errno.EINPROGRESS)
        {
            _names.Loopback.Refuse(address.Endpoint.Port, tracee.Tgid, ReachesFor + address.ToString());
        }
        else
        {
            AddNetwork(tracee, address, ReachesFor);
        }
    }

    /// <summary>A datagram to this machine.</summary>
    private void SendLocally(Tracee tracee, int fd, in SocketAddress address)
    {
        if (Descriptions.Protocol(tracee.Tgid, fd) == SocketProtocol.Datagram && TryInode(tracee, fd, out ulong inode))
        {
            _names.Loopback.AddSender(inode);
            if (_names.Loopback.AreReceivers(SocketTable.Receivers(tracee.Tid, address.Endpoint)))
            {
                return;
            }
        }

        AddNetwork(tracee, address, ReachesFor);
    }

    private void ExitAccept(Tracee tracee, int fd)
    {
        if (fd < 0)
        {
            return;
        }

        if (Descriptions.Protocol(tracee.Tgid, fd) == SocketProtocol.Unix)
        {
            _names.Meetings.Accept(Descriptions.Peer(tracee.Tgid, fd), tracee.Tgid);
            return;
        }

        InternetEndpoint peer = TryInode(tracee, fd, out ulong inode) && SocketTable.Connection(tracee.Tid, inode) is { } connection ? connection.Remote : default;
        _names.Loopback.Accept(peer, tracee.Tgid, peer == default ? "it took a connection from nobody knows where" : $"it took a connection from outside of the command, from port {peer.Port}");
    }

    private bool TryInode(Tracee tracee, int fd, out ulong inode)
    {
        inode = 0;
        int length = Files.ReadLink(ProcPath.Of(tracee.Tid, "fd"u8, fd), _link);
        ReadOnlySpan<byte> link = _link.AsSpan(0, Math.Max(length, 0));
        return link.StartsWith("socket:["u8) && Utf8Parser.TryParse(link["socket:[".Length..], out inode, out _);
    }
}
