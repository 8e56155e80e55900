using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;
using static Fptrace.Linux.Headers.sched;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>unshare: the caller gets namespaces of its own.</summary>
internal sealed class UnshareCall(int flags) : Call
{
    public override string Title => "Namespace: one of its own";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => Trap.Stop;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        int given = call.Int(flags);
        return (given & (CLONE_NEWNS | CLONE_NEWUSER)) == 0
            ? EntryAnswer.Go
            : CallContext.Want(tracee, new Pending(given));
    }

    private sealed class Pending(int flags) : PendingCall
    {
        public override bool ChangesNames => true;

        protected override void Succeeded(CallContext context, Tracee tracee, long result)
        {
            if ((flags & CLONE_NEWNS) != 0)
            {
                tracee.Enter(Surroundings.ForeignRoot);
                context.Names.Hosts.Entered();
            }

            if ((flags & CLONE_NEWUSER) != 0)
            {
                tracee.Enter(Surroundings.OwnCredentials);
            }
        }
    }
}
