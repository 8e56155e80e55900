using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls;

/// <summary>A call whose number <see cref="SyscallTable"/> lacks: it is newer than this fptrace.</summary>
internal sealed class UnknownCall : Call
{
    private UnknownCall()
    {
    }

    public static UnknownCall Instance { get; } = new();

    public override string Title => "Newer than this table";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => Trap.Stop;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit) =>
        CallContext.Want(tracee, new Pending(call.Number));

    /// <summary>Only its success matters: a kernel that does not know the call either returns ENOSYS.</summary>
    internal sealed class Pending(int number) : PendingCall
    {
        protected override void Succeeded(CallContext context, Tracee tracee, long result) =>
            context.Recorder.AddReason(
                IncompleteReason.UnknownCall, tracee.Tgid,
                $"system call {number} is newer than this fptrace; what it does is not seen");
    }
}
