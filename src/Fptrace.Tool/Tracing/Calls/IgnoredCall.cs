using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls;

/// <summary>A call that never stops the tracee.</summary>
/// <param name="reason">Why that loses nothing, in a few words.</param>
internal sealed class IgnoredCall(string reason) : Call
{
    public override string Title => "Let pass";

    public string Reason { get; } = reason;

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => null;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit) =>
        EntryAnswer.Go;
}
