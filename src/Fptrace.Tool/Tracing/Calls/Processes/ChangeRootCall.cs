using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>chroot: the caller's absolute paths start from another directory.</summary>
internal sealed class ChangeRootCall : Call
{
    public override string Title => "Root directory";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => Trap.Stop;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit) =>
        CallContext.Want(tracee, new Pending());

    private sealed class Pending : PendingCall
    {
        public override bool ChangesNames => true;

        public override bool ChangesRoot => true;

        protected override void Succeeded(CallContext context, Tracee tracee, long result) =>
            tracee.Enter(Surroundings.ForeignRoot);
    }
}
