using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>setns: the caller enters an existing namespace.</summary>
internal sealed class SetNamespaceCall : Call
{
    public override string Title => "Namespace: that of somebody else";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => Trap.Stop;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit) =>
        CallContext.Want(tracee, new Pending());

    private sealed class Pending : PendingCall
    {
        public override bool ChangesNames => true;

        protected override void Succeeded(CallContext context, Tracee tracee, long result)
        {
            tracee.Enter(Surroundings.ForeignRoot | Surroundings.OwnCredentials);
            context.Names.Hosts.Entered();
        }
    }
}
