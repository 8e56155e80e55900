using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Sockets;

/// <summary>connect, and sendto with an address: a socket reaches for a server.</summary>
/// <param name="fd">Position of the socket.</param>
/// <param name="address">Position of the pointer to the address.</param>
/// <param name="length">Position of the address's length.</param>
/// <param name="sends">Whether the call is sendto. Its result tells nothing of the receiver.</param>
internal sealed class ConnectCall(int fd, int address, int length, bool sends = false) : Call
{
    public override string Title => "Network: a socket reaches for a server";

    public override PathPositions? Paths => new(address, Offset: SocketAddress.FamilyBytes);

    public override bool KeepsNames => true;

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) =>
        !plan.Network ? null
        : sends ? new Trap(TrapAction.Let, new TrapTest(address, TrapComparison.NotZero, 0, TrapAction.Notify))
        : Trap.Stop;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        int socket = call.Int(fd);
        ulong server = call.Argument(address);
        tracee.Call.Connecting = (socket, server);
        return Enter(context, tracee, socket, server, call.Int(length), sends ? CallExit.Unseen : CallExit.Seen);
    }

    // A connect that has begun may have waited for room in the listener's queue (listen(2)), which poll(2) does not
    // show.
    public override bool MayHaveWaited(CallContext context, Tracee tracee, in SyscallEntry call) =>
        (!sends && tracee.Call.Connecting == (call.Int(fd), call.Argument(address)))
            || !Descriptions.CanWrite(tracee.Tgid, call.Int(fd));

    public static EntryAnswer Enter(
        CallContext context, Tracee tracee, int fd, ulong address, int length, CallExit exit)
    {
        Span<byte> bytes = stackalloc byte[SocketAddress.MostBytes];
        if (!context.Sockets.TryReadAddress(address, length, bytes, out SocketAddress server))
        {
            return EntryAnswer.Go;
        }

        if (server.IsAbstract)
        {
            var name = new ByteString(server.UnixName);
            if (!context.Sockets.ReachesOwn(tracee, name, default))
            {
                context.Recorder.AddServer(tracee.Tgid, name);
            }
        }
        else if (!server.UnixPath.IsEmpty)
        {
            return EnterFile(context, tracee, server.UnixPath, exit);
        }

        if (!context.Plan.Network || !server.IsLocal)
        {
            context.Sockets.AddNetwork(tracee, server, SocketLookups.ReachesFor);
            return EntryAnswer.Go;
        }

        if (exit == CallExit.Seen)
        {
            // The listeners are looked up now. One that takes only this connection may be gone at the exit.
            bool isInside = context.Names.Loopback.AreListeners(SocketTable.Listeners(tracee.Tid, server.Endpoint),
                server.Endpoint.Port);
            return CallContext.Want(tracee, new PendingLocalConnect(fd, new ByteString(server.Bytes), isInside));
        }

        context.Sockets.SendLocally(tracee, fd, server);
        return EntryAnswer.Go;
    }

    private static EntryAnswer EnterFile(CallContext context, Tracee tracee, ReadOnlySpan<byte> path, CallExit exit)
    {
        if (!context.Paths.Resolve(tracee, fcntl.AT_FDCWD, path, context.Path))
        {
            return EntryAnswer.Go;
        }

        FileStamp file;
        using (TraceeCredentials.Borrow(tracee))
        {
            context.Path.Stat(FinalLink.Follow, out file);
        }

        if (context.Plan.Probes && !context.Knows(tracee, context.Path, CallContext.ExistenceBits))
        {
            AccessKind kind = file.Exists ? AccessKind.Probe : AccessKind.Absent;
            context.Recorder.Record(tracee.Execution, kind, context.Path.Name, file.Type, file);
        }

        if (!file.Exists)
        {
            context.Names.Peers.ReachEarly(new ByteString(context.Path.Name));
        }

        if (file.Type == FileType.Socket && !IsSystemService(context.Path.Name))
        {
            var name = new ByteString(context.Path.Name);
            if (!context.Sockets.ReachesOwn(tracee, name, file))
            {
                if (exit == CallExit.Seen)
                {
                    return CallContext.Want(tracee, new PendingUnixConnect(name));
                }

                context.Recorder.AddServer(tracee.Tgid, name);
            }
        }

        return EntryAnswer.Go;
    }

    // These services translate names and ids, as /etc/passwd and /etc/hosts do, or take log lines. They use no file on
    // behalf of the command.
    private static bool IsSystemService(ReadOnlySpan<byte> path) =>
        path.SequenceEqual("/dev/log"u8)
        || path.StartsWith("/run/systemd/"u8)
        || path.StartsWith("/run/nscd/"u8)
        || path.StartsWith("/var/run/nscd/"u8)
        || path.StartsWith("/run/nslcd/"u8)
        || path.StartsWith("/var/run/nslcd/"u8)
        || path.StartsWith("/var/lib/sss/pipes/"u8);

    private sealed class PendingUnixConnect(ByteString name) : PendingCall
    {
        // Where a connect is refused, a server that has ended left the socket file behind. The file is recorded
        // already, and a new server makes a new one.
        public override void Finish(CallContext context, Tracee tracee, long result)
        {
            if (result is not (-errno.ECONNREFUSED or -errno.ENOENT))
            {
                context.Recorder.AddServer(tracee.Tgid, name);
            }
        }
    }
}
