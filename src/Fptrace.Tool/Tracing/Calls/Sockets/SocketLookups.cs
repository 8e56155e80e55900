using System.Buffers.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Sockets;

/// <summary>
/// Looks up what calls on sockets are about: addresses, inodes, and whether the command talks with itself.
/// </summary>
internal sealed class SocketLookups(CallContext context)
{
    public const string ListensAt = "it listens at ";
    public const string ReachesFor = "it reaches for ";

    /// <summary>Reads a <c>struct sockaddr</c>.</summary>
    /// <param name="address">Its address in the tracee's memory.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="bytes">A buffer for it, of <see cref="SocketAddress.MostBytes"/>.</param>
    /// <param name="result">The address, which points to <paramref name="bytes"/>.</param>
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

    /// <summary>Whether a process reaches for a Unix socket that the command has bound.</summary>
    public bool ReachesOwn(Tracee tracee, ByteString name, in FileStamp file)
    {
        bool isOwn = context.Names.Sockets.Explains(name, file, tracee.Tgid);
        if (isOwn)
        {
            context.Names.Peers.Reach(name, file);
        }

        return isOwn;
    }

    /// <summary>Handles a datagram to an address of this machine.</summary>
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

    /// <summary>
    /// Notes in the verdict that the command uses a network. The trace does not hold what comes from there.
    /// </summary>
    /// <remarks>The attempt counts, whatever its result: that nobody answers is an answer from outside, too.</remarks>
    public void AddNetwork(Tracee tracee, in SocketAddress address, string does)
    {
        if (context.Plan.Network && address.IsNetwork && !tracee.UsesNetwork)
        {
            tracee.UseNetwork();
            context.Recorder.AddReason(IncompleteReason.Network, tracee.Tgid, does + address.ToString());
        }
    }
}
