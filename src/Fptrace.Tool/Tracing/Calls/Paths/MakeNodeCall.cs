using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>mknod and mknodat: they make a FIFO, a device, a socket or an empty file.</summary>
internal sealed class MakeNodeCall(int path, int mode, int at = -1) : Call
{
    public override string Title => "Node";

    public override PathPositions? Paths => new(path);

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.Files ? Trap.Stop : null;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit) =>
        context.TryResolve(tracee, call, at, path)
            ? CallContext.Want(tracee, new Pending(FileStamp.TypeOf((uint)call.Int(mode)))
            {
                Path = new ByteString(context.Path.Name),
                Before = context.InTheWay(context.Path),
            })
            : EntryAnswer.Go;

    private sealed class Pending(FileType type) : PendingName
    {
        public override bool ChangesWays => false;

        public override ByteString Special => type == FileType.Regular ? default : Path;

        protected override bool Makes => true;

        public override bool? HasComeTrue() => IsMade(type);

        protected override void Succeeded(CallContext context, Tracee tracee, long result) =>
            context.Record(tracee, CallContext.Made(Path, type));
    }
}
