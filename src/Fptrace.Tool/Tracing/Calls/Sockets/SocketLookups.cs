using System.Buffers.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Sockets;

/// <summary>What the calls on sockets look up: addresses, sockets by their inode, and whether the command talks with itself.</summary>
internal sealed class SocketLookups(CallContext context)
{
    public const string ListensAt = "it listens at ";
    public const string ReachesFor = "it reaches for ";

    /// <summary>Reads a <c>struct sockaddr</c>.</summary>
    /// <param name="address">In the tracee.</param>
    /// <param name="length">Of it, in bytes.</param>
    /// <param name="bytes">Room for it, <see cref="SocketAddress.MostBytes"/>.</param>
    /// <param name="result">Points to <paramref name="bytes"/>.</param>
    public bool TryReadAddress(ulong address, int length, Span<byte> bytes, out SocketAddress result)
    {
        if (address == 0 || length < 2 || length > bytes.Length || !context.Memory.TryRead(address, bytes[..length]))
        {
            result = default;
            return false;
        }

        result = new SocketAddress(bytes[..length]);
        return true;
    }

    public bool TryInode(Tracee tracee, int fd, out ulong inode)
    {
        inode = 0;
        int length = Files.ReadLink(ProcPath.Of(tracee.Tid, "fd"u8, fd), context.Link);
        ReadOnlySpan<byte> link = context.Link.AsSpan(0, Math.Max(length, 0));
        return link.StartsWith("socket:["u8) && Utf8Parser.TryParse(link["socket:[".Length..], out inode, out _);
    }

    /// <summary>Whether a process reaches for a socket of the command.</summary>
    public bool ReachesOwn(Tracee tracee, ByteString name, in FileStamp file)
    {
        bool isOwn = context.Names.Sockets.Explains(name, file, tracee.Tgid);
        if (isOwn)
        {
            context.Names.Meetings.Reach(name, file);
        }

        return isOwn;
    }

    /// <summary>A datagram to this machine.</summary>
    public void SendLocally(Tracee tracee, int fd, in SocketAddress address)
    {
        if (Descriptions.Protocol(tracee.Tgid, fd) == SocketProtocol.Datagram && TryInode(tracee, fd, out ulong inode))
        {
            context.Names.Loopback.AddSender(inode);
            if (context.Names.Loopback.AreReceivers(SocketTable.Receivers(tracee.Tid, address.Endpoint)))
            {
                return;
            }
        }

        AddNetwork(tracee, address, ReachesFor);
    }

    /// <summary>What comes through such a socket is not in the trace, and the verdict says so.</summary>
    /// <remarks>The attempt counts, whatever becomes of it: that nobody answers is an answer from outside too.</remarks>
    public void AddNetwork(Tracee tracee, in SocketAddress address, string does)
    {
        if (context.Plan.Network && address.IsNetwork && !tracee.UsesNetwork)
        {
            tracee.UsesNetwork = true;
            context.Recorder.AddReason(IncompleteReason.Network, tracee.Tgid, does + address.ToString());
        }
    }
}
