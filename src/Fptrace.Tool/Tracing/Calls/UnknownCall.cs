using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls;

/// <summary>A number that <see cref="SyscallTable"/> does not have: the call is newer than this fptrace.</summary>
internal sealed class UnknownCall : Call
{
    private UnknownCall()
    {
    }

    public static UnknownCall Instance { get; } = new();

    public override string Title => "Newer than this table";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => Trap.Stop;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, bool seesExit) =>
        CallContext.Want(tracee, new Pending(call.Number));

    /// <summary>One that the kernel does not have either does nothing.</summary>
    internal sealed class Pending(int number) : PendingCall
    {
        protected override void Succeeded(CallContext context, Tracee tracee, long result) =>
            context.Recorder.AddReason(
                IncompleteReason.UnknownCall, tracee.Tgid, $"system call {number} is newer than this fptrace; what it does is not seen");
    }
}
