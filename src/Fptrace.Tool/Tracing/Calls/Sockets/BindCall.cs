using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Sockets;

/// <summary>bind: a socket gets an address.</summary>
internal sealed class BindCall(int fd, int address, int length) : Call
{
    public override string Title => "Network: a socket gets an address";

    public override PathPositions? Paths => new(address, Offset: SocketAddress.FamilyBytes);

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.Files || plan.Network ? Trap.Stop : null;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit) =>
        Enter(context, tracee, call.Int(fd), call.Argument(address), call.Int(length));

    public static EntryAnswer Enter(CallContext context, Tracee tracee, int fd, ulong address, int length)
    {
        Span<byte> bytes = stackalloc byte[SocketAddress.MostBytes];
        if (!context.Sockets.TryReadAddress(address, length, bytes, out SocketAddress bound))
        {
            return EntryAnswer.Go;
        }

        if (bound.IsAbstract)
        {
            return Begin(context, tracee, fd, default, new ByteString(bound.UnixName), default);
        }

        if (!bound.UnixPath.IsEmpty && context.Paths.Resolve(tracee, fcntl.AT_FDCWD, bound.UnixPath, context.Path))
        {
            return Begin(context, tracee, fd, new ByteString(context.Path.Name), new ByteString(bound.UnixPath),
                context.InTheWay(context.Path));
        }

        if (context.Plan.Network && bound.IsLocal)
        {
            return CallContext.Want(tracee, new PendingLocalBind(fd, new ByteString(bound.Bytes)));
        }

        context.Sockets.AddNetwork(tracee, bound, SocketLookups.ListensAt);
        return EntryAnswer.Go;
    }

    private static EntryAnswer Begin(CallContext context, Tracee tracee, int fd, ByteString path, ByteString given,
        in FileStamp before)
    {
        var pending = new PendingUnixBind(fd, given) { Path = path, Before = before };
        context.Names.Sockets.Begin(pending.Name);
        return CallContext.Want(tracee, pending);
    }
}
