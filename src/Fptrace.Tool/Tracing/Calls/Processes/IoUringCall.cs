using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>io_uring_setup: a way around system calls. We answer it with ENOSYS unless the user allows it.</summary>
internal sealed class IoUringCall : Call
{
    private const string Name = "io_uring";

    public override string Title => "io_uring: a way around system calls";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => Trap.Stop;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        if (context.Plan.AllowIoUring)
        {
            return CallContext.Want(tracee, new Pending());
        }

        // Most programs then do without io_uring. Where one insists, the note tells its user why it fails.
        context.Recorder.AddNote(
            Name,
            $"{Name} was refused to {tracee.Execution.Execution.Path} (process {tracee.Tgid}), because what goes "
                + "through a ring "
                + "is not seen; a trace with --allow-io-uring lets it through");
        return PendingAnswer.Give(tracee, -errno.ENOSYS);
    }

    private sealed class Pending : PendingCall
    {
        protected override void Succeeded(CallContext context, Tracee tracee, long result) =>
            context.Recorder.AddReason(IncompleteReason.IoUring, tracee.Tgid,
                "io_uring was allowed; what it opens and reads is not seen");
    }
}
