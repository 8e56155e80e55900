using Fptrace.Linux.Headers;
using Fptrace.Tracing.Fast;
using Fptrace.Tracing.Plan;

namespace Fptrace.Tracing.Calls.Filtering;

/// <summary>The traps of all calls under a plan.</summary>
internal sealed class TrapTable
{
    private readonly SyscallAbi[] _abis;
    private readonly Trap?[][] _traps;

    public TrapTable(TracePlan plan)
        : this(plan, SyscallAbi.OfThisMachine)
    {
    }

    /// <param name="plan">What the outputs need of the trace.</param>
    /// <param name="abis">The ABIs of the machine, the native one first.</param>
    internal TrapTable(TracePlan plan, SyscallAbi[] abis)
    {
        Plan = plan;
        _abis = abis;
        _traps = Array.ConvertAll(abis, TrapsOf);
    }

    public TracePlan Plan { get; }

    public ReadOnlySpan<SyscallAbi> Abis => _abis;

    public TrapAction Decide(in SyscallEntry call) => Of(call.Abi, call.Number)?.Decide(call) ?? TrapAction.Let;

    /// <returns>Null for a call that never stops.</returns>
    public Trap? Of(SyscallAbi abi, int number) =>
        abi.IndexOf(number) is >= 0 and int index
            ? _traps[Array.IndexOf(_abis, abi)][index]
            : UnknownCall.Instance.TrapUnder(Plan, abi);

    private Trap?[] TrapsOf(SyscallAbi abi)
    {
        var traps = new Trap?[abi.Calls.Length];
        for (int i = 0; i < traps.Length; i++)
        {
            traps[i] = abi.Calls[i]?.TrapUnder(Plan, abi);
            if (Plan.Fast is { } fast && abi.HasX32 && CallSite.KindOf(i) is { } kind && fast.Takes(kind)
                && traps[i] is { } trap)
            {
                traps[i] = trap with
                {
                    Secret = fast.Segment.Secret,
                    NeverKnown = kind == SiteKind.SecondPathOpened
                        ? (CallSite.OpenFlagsAt, ~(uint)(FastCode.OpenFlags | fcntl.O_PATH))
                        : null,
                };
            }
        }

        return traps;
    }
}
