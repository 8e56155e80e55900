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

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi)
    {
        var noNewPrivileges = new TrapTest(0, TrapComparison.Equal, libc.PR_SET_NO_NEW_PRIVS, TrapAction.Notify);
        var filter = new TrapTest(0, TrapComparison.Equal, libc.PR_SET_SECCOMP, TrapAction.Stop);
        return plan.Fast is null
            ? new Trap(TrapAction.Let, filter, noNewPrivileges)
            : new Trap(TrapAction.Let, filter, noNewPrivileges,
                new TrapTest(0, TrapComparison.Equal, libc.PR_SET_SYSCALL_USER_DISPATCH, TrapAction.Notify));
    }

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        if (call.Int(0) == libc.PR_SET_SECCOMP)
        {
            return call.Argument(1) switch
            {
                seccomp.SECCOMP_MODE_STRICT => CallContext.Want(tracee, new PendingStrictMode()),
                seccomp.SECCOMP_MODE_FILTER =>
                    CallContext.Want(tracee, PendingFilter.Read(context, tracee, call, call.Argument(2), flags: 0)),
                _ => EntryAnswer.Go,
            };
        }

        if (call.Int(0) == libc.PR_SET_SYSCALL_USER_DISPATCH)
        {
            // From now on it matters to the program where the instruction of a call is.
            tracee.Fast.GiveUp();
            return EntryAnswer.Go;
        }

        // With other arguments PR_SET_NO_NEW_PRIVS fails with EINVAL (prctl(2)).
        if (call.Argument(1) == 1 && (call.Argument(2) | call.Argument(3) | call.Argument(4)) == 0)
        {
            tracee.Enter(Surroundings.NoNewPrivileges);
        }

        return EntryAnswer.Go;
    }
}
