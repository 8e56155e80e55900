using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>A call that waits, and that a signal without effect would end under a tracer.</summary>
/// <remarks>
/// It stops only if it has a time limit: what goes on after such a signal must end when the first one would have
/// (docs/design.md, "Signals without effect"). Programs make few such calls, and then sleep.
/// </remarks>
internal sealed class TimedWaitCall : Call
{
    private readonly Trap _trap;

    private TimedWaitCall(params TrapTest[] tests) => _trap = new Trap(TrapAction.Let, tests);

    /// <summary>The limit is an int: 0 means not to wait, and a negative one to wait for ever.</summary>
    public static TimedWaitCall OfMilliseconds(int position) => new(
        new TrapTest(position, TrapComparison.Equal, 0, TrapAction.Let),
        new TrapTest(position, TrapComparison.AtMost, int.MaxValue, TrapAction.Notify));

    /// <summary>The limit is in memory, or there is none if the pointer is null.</summary>
    public static TimedWaitCall OfPointer(int position) => new(
        new TrapTest(position, TrapComparison.NotZero, 0, TrapAction.Notify));

    /// <summary>The call is one of several, which an argument numbers.</summary>
    public static TimedWaitCall OfNumber(int position, uint number) => new(
        new TrapTest(position, TrapComparison.Equal, number, TrapAction.Notify));

    public override string Title => "Wait: when it began, if it has a time limit";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => _trap;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        tracee.Call.NoteEntry(call.Number);
        return EntryAnswer.Go;
    }

    public override bool MayHaveWaited(CallContext context, Tracee tracee, in SyscallEntry call) => true;
}
