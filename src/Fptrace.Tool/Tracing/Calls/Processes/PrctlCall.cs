using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>prctl, as far as it changes the rights of the caller.</summary>
internal sealed class PrctlCall : Call
{
    public override string Title => "Rights that a thread gives up";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => new(
        TrapAction.Let,
        new TrapTest(0, TrapComparison.Equal, libc.PR_SET_SECCOMP, TrapAction.Stop),
        new TrapTest(0, TrapComparison.Equal, libc.PR_SET_NO_NEW_PRIVS, TrapAction.Notify));

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        if (call.Int(0) == libc.PR_SET_SECCOMP)
        {
            return call.Argument(1) switch
            {
                seccomp.SECCOMP_MODE_STRICT => CallContext.Want(tracee, new PendingStrictMode()),
                seccomp.SECCOMP_MODE_FILTER =>
                    CallContext.Want(tracee, PendingFilter.Read(context, call, call.Argument(2), flags: 0)),
                _ => EntryAnswer.Go,
            };
        }

        // With other arguments PR_SET_NO_NEW_PRIVS fails with EINVAL (prctl(2)).
        if (call.Argument(1) == 1 && (call.Argument(2) | call.Argument(3) | call.Argument(4)) == 0)
        {
            tracee.Enter(Surroundings.NoNewPrivileges);
        }

        return EntryAnswer.Go;
    }
}
