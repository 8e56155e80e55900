using Fptrace.Linux.Headers;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>arch_prctl, where it asks for shadow stacks (CET): the code for known calls returns to another instruction
/// than its call says. We answer as a processor without them does.</summary>
internal sealed class ShadowStackCall : Call
{
    // asm/prctl.h
    private const uint ARCH_SHSTK_ENABLE = 0x5001;

    public override string Title => "Shadow stacks: there are none (`--engine fast`)";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.Fast is null || abi.PointerSize == 4
        ? null
        : new Trap(TrapAction.Let, new TrapTest(0, TrapComparison.Equal, ARCH_SHSTK_ENABLE, TrapAction.Notify));

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit) =>
        PendingAnswer.Give(tracee, -errno.EOPNOTSUPP);
}
