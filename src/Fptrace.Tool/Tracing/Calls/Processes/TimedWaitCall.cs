using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>A call that waits, and that a signal without effect would end under a tracer.</summary>
/// <remarks>
/// It stops only if it has a time limit: what goes on after such a signal must end when the first one would have
/// (docs/design.md, "Signals without effect"). Programs make few such calls, and then sleep. On Arm it stops whenever
/// it may wait, since its first argument must be known to make it again.
/// </remarks>
internal sealed class TimedWaitCall : Call
{
    // Under which conditions it waits, and waits for a limited time.
    private readonly Trap _anyWait;
    private readonly Trap? _timedWait;

    private TimedWaitCall(Trap anyWait, params TrapTest[] timedWait)
    {
        _anyWait = anyWait;
        _timedWait = timedWait.Length > 0 ? new Trap(TrapAction.Let, timedWait) : null;
    }

    /// <summary>There is no limit.</summary>
    public static TimedWaitCall OfNone { get; } = new(Trap.Notify);

    /// <summary>The limit is an int: 0 means not to wait, and a negative one to wait for ever.</summary>
    public static TimedWaitCall OfMilliseconds(int position)
    {
        var isNoWait = new TrapTest(position, TrapComparison.Equal, 0, TrapAction.Let);
        return new(
            new Trap(TrapAction.Notify, isNoWait),
            isNoWait,
            new TrapTest(position, TrapComparison.AtMost, int.MaxValue, TrapAction.Notify));
    }

    /// <summary>The limit is in memory, or there is none if the pointer is null.</summary>
    public static TimedWaitCall OfPointer(int position) => new(
        Trap.Notify,
        new TrapTest(position, TrapComparison.NotZero, 0, TrapAction.Notify));

    /// <summary>The call is one of several, which an argument numbers.</summary>
    public static TimedWaitCall OfNumber(int position, uint number) => new(
        Trap.Notify,
        new TrapTest(position, TrapComparison.Equal, number, TrapAction.Notify));

    public override string Title => "Wait: when it began, if it has a time limit; on aarch64 also without";

    public override bool KeepsNames => true;

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => abi.KeepsArguments ? _timedWait : _anyWait;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        tracee.Call.NoteEntry(call.Number, call.Raw(0));
        return EntryAnswer.Go;
    }

    public override bool MayHaveWaited(CallContext context, Tracee tracee, in SyscallEntry call) => true;
}
