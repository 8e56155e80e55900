using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Scheduling;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>sched_getaffinity: asks where a thread may run. <see cref="ProcessorAffinity"/> changes that for a
/// while.</summary>
internal sealed class AskProcessorsCall : Call
{
    public override string Title => "Processors: where a thread may run";

    public override bool KeepsNames => true;

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.Files ? Trap.Stop : null;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        context.ProcessorAffinity.Asked();
        return EntryAnswer.Go;
    }
}
