using Fptrace.Linux.FileSystem;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>open_by_handle_at. It gets a handle instead of a path, so only the new descriptor tells the name.</summary>
internal sealed class OpenHandleCall(int flags) : Call
{
    public override string Title => "Open: a file by its handle";

    public override PathPositions? Paths => PathPositions.None;

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.Files ? Trap.Stop : null;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit) =>
        CallContext.Want(tracee, new Pending(call.Int(flags)));

    private sealed class Pending(int flags) : PendingCall
    {
        public override bool LooksUp => true;

        public override bool? HasComeTrue() => null;

        protected override void Succeeded(CallContext context, Tracee tracee, long result)
        {
            if (context.Paths.Descriptor(tracee.Tid, (int)result, context.Path) && !context.Path.IsDeleted)
            {
                context.Path.Stat(FinalLink.Follow, out FileStamp stamp);
                OpenCall.Record(context, tracee, context.Path.Name, new OpenHow(flags, Mode: 0, InRoot: false), stamp);
            }
        }
    }
}
