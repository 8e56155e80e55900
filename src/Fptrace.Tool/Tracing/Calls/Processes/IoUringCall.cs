using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>io_uring_setup: a way around system calls. It is answered with ENOSYS unless the user allows it.</summary>
internal sealed class IoUringCall : Call
{
    public override string Title => "io_uring: a way around system calls";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.AllowIoUring ? Trap.Stop : Trap.Refuse;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, bool seesExit) => CallContext.Want(tracee, new Pending());

    private sealed class Pending : PendingCall
    {
        protected override void Succeeded(CallContext context, Tracee tracee, long result) =>
            context.Recorder.AddReason(IncompleteReason.IoUring, tracee.Tgid, "io_uring was allowed; what it opens and reads is not seen");
    }
}
