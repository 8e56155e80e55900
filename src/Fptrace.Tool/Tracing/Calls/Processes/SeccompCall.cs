using Fptrace.Interop;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>
/// seccomp with a listener: the kernel grants one to a process and its ancestors, and asks it before it stops anybody for a tracer.
/// </summary>
internal sealed class SeccompCall(int flags) : Call
{
    public override string Title => "Seccomp: another listener";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => Trap.StopIfAnyBit(flags, seccomp.SECCOMP_FILTER_FLAG_NEW_LISTENER);

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, bool seesExit) => CallContext.Want(tracee, new Pending());

    private sealed class Pending : PendingCall
    {
        private const string Remedy = "; --engine syscall lets it have one and sees everything";

        protected override void Succeeded(CallContext context, Tracee tracee, long result)
        {
            if (context.Engine == EngineKind.Ptrace)
            {
                context.Recorder.AddReason(
                    IncompleteReason.InnerListener, tracee.Tgid, "it listens to calls by seccomp, and those that it lets go on are not seen" + Remedy);
            }
        }

        protected override void Failed(CallContext context, Tracee tracee, long error)
        {
            if (context.Engine == EngineKind.Notify && error == -errno.EBUSY)
            {
                context.Recorder.AddReason(
                    IncompleteReason.InnerListener, tracee.Tgid, "it asked for a listener of seccomp, which fptrace is already: the kernel refused" + Remedy);
            }
        }
    }
}
