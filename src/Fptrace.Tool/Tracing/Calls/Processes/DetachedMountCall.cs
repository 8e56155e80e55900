using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>fsmount and open_tree: they make a mount that is attached nowhere yet.</summary>
/// <param name="flags">Position of the flags that tell whether the call makes one; −1: it always does.</param>
internal sealed class DetachedMountCall(int flags = -1) : Call
{
    public override string Title => "Mounts: one that stands nowhere";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) =>
        flags < 0 ? Trap.Stop : Trap.StopIfAnyBit(flags, mount.OPEN_TREE_CLONE);

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit) =>
        CallContext.Want(tracee, new Pending());

    private sealed class Pending : PendingCall
    {
        protected override void Succeeded(CallContext context, Tracee tracee, long result) =>
            context.Recorder.AddReason(
                IncompleteReason.MountNamespace, tracee.Tgid,
                "it made a mount that stands nowhere; paths relative to it have no name");
    }
}
