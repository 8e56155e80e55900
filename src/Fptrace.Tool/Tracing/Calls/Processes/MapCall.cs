using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Fast;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>mmap and its kin, where they may touch the page from which the filter lets known calls pass.</summary>
/// <remarks>
/// The filter compares halves of numbers, so it asks about more than that page. An executable page of the command's at
/// that address could make calls that nobody sees, so the verdict says so. A process that changes the page otherwise
/// asks about each call from then on.
/// </remarks>
/// <param name="address">Position of the address.</param>
/// <param name="length">Position of the length; −1: unknown.</param>
/// <param name="rights">Position of the protection; −1: what the memory has.</param>
/// <param name="newAddress">Position of the address to which it moves.</param>
/// <param name="newLength">Position of the length there.</param>
/// <param name="offset">Position of the offset in the file.</param>
internal sealed class MapCall(
    int address, int length = -1, int rights = -1, int newAddress = -1, int newLength = -1, int offset = -1) : Call
{
    private const int PROT_EXEC = 4;

    public override string Title => "Memory: only where it may touch the page of known calls (`--engine fast`)";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi)
    {
        if (plan.Fast is not { } fast || abi.PointerSize == 4)
        {
            return null;
        }

        List<TrapTest> tests = [];
        if (offset >= 0)
        {
            tests.Add(new(offset, TrapComparison.HighEqual, fast.Gate.Pass, TrapAction.Let));
        }

        uint high = (uint)(fast.Gate.Address >> 32);
        foreach (int position in (ReadOnlySpan<int>)[address, newAddress])
        {
            if (position >= 0)
            {
                tests.Add(new(position, TrapComparison.HighEqual, high, TrapAction.Notify));
                tests.Add(new(position, TrapComparison.HighEqual, high - 1, TrapAction.Notify));
            }
        }

        foreach (int position in (ReadOnlySpan<int>)[length, newLength])
        {
            if (position >= 0)
            {
                tests.Add(new(position, TrapComparison.HighNotZero, 0, TrapAction.Notify));
            }
        }

        return new Trap(TrapAction.Let, [.. tests]);
    }

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        if (context.Plan.Fast is not { } fast
            || !(Touches(fast.Gate, call, address, length) || Touches(fast.Gate, call, newAddress, newLength)))
        {
            return EntryAnswer.Go;
        }

        tracee.Fast.GiveUp();

        if (rights >= 0 ? (call.Int(rights) & PROT_EXEC) != 0 : newAddress >= 0 || length < 0)
        {
            context.Recorder.AddReason(IncompleteReason.Internal, tracee.Tgid,
                "it has code at the address from which known calls need not be asked about (--engine fast)");
        }

        return EntryAnswer.Go;
    }

    private static bool Touches(FastGate gate, in SyscallEntry call, int address, int length) =>
        address >= 0 && gate.IsTouchedBy(call.Argument(address), length >= 0 ? call.Argument(length) : 1UL << 32);
}
