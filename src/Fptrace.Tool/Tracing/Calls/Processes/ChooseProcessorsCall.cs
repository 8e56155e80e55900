using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>
/// sched_setaffinity, sched_setattr, sched_setscheduler: a thread chooses processors or a scheduling class.
/// </summary>
/// <param name="tid">Position of the thread's id, which is 0 for the caller.</param>
internal sealed class ChooseProcessorsCall(int tid) : Call
{
    public override string Title => "Processors: a thread chooses where to run, or before whom";

    public override bool KeepsNames => true;

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.Files ? Trap.Stop : null;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        int whose = call.Int(tid);
        context.ProcessorAffinity.Chosen(whose == 0 ? tracee.Tid : whose);
        return EntryAnswer.Go;
    }
}
