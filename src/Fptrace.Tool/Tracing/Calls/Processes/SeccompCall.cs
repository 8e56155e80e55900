using Fptrace.Linux.Headers;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>seccomp: installs a filter of the command, perhaps with a listener, or enters strict mode.</summary>
/// <param name="operation">Position of the operation.</param>
/// <param name="flags">Position of the SECCOMP_FILTER_FLAG_ flags.</param>
/// <param name="program">Position of the pointer to the program.</param>
internal sealed class SeccompCall(int operation, int flags, int program) : Call
{
    public override string Title => "Seccomp: filters of the command's own";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => new(
        TrapAction.Let,
        new TrapTest(operation, TrapComparison.Equal, seccomp.SECCOMP_SET_MODE_STRICT, TrapAction.Stop),
        new TrapTest(operation, TrapComparison.Equal, seccomp.SECCOMP_SET_MODE_FILTER, TrapAction.Stop));

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit) =>
        CallContext.Want(tracee, call.Int(operation) == seccomp.SECCOMP_SET_MODE_STRICT
            ? new PendingStrictMode()
            : PendingFilter.Read(context, tracee, call, call.Argument(program), (uint)call.Int(flags)));
}
