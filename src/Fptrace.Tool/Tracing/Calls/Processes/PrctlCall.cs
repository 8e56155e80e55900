using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>prctl: of a thread's own state only what its rights depend on.</summary>
internal sealed class PrctlCall : Call
{
    public override string Title => "Rights that a thread gives up";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => new(
        TrapAction.Let,
        new TrapTest(0, TrapComparison.Equal, libc.PR_SET_SECCOMP, TrapAction.Stop),
        new TrapTest(0, TrapComparison.Equal, libc.PR_SET_NO_NEW_PRIVS, TrapAction.Notify));

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, bool seesExit)
    {
        if (call.Int(0) == libc.PR_SET_SECCOMP)
        {
            return call.Argument(1) switch
            {
                seccomp.SECCOMP_MODE_STRICT => CallContext.Want(tracee, new PendingStrictMode()),
                seccomp.SECCOMP_MODE_FILTER => CallContext.Want(tracee, PendingFilter.Read(context, call, call.Argument(2), flags: 0)),
                _ => EntryAnswer.Go,
            };
        }

        // Otherwise it fails.
        if (call.Argument(1) == 1 && (call.Argument(2) | call.Argument(3) | call.Argument(4)) == 0)
        {
            tracee.Enter(TraceeWorld.NoNewPrivileges);
        }

        return EntryAnswer.Go;
    }
}
