using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>landlock_restrict_self: from now on the kernel may deny the caller what our lookups find.</summary>
/// <remarks>Only the exit of an open shows that.</remarks>
internal sealed class LandlockCall : Call
{
    public override string Title => "Landlock: rights that no lookup shows";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => Trap.Stop;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        tracee.Enter(Surroundings.Restricted);
        return EntryAnswer.Go;
    }
}
