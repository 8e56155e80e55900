namespace Fptrace.Tracing.Calls.Filtering;

/// <summary>
/// The condition under which a call stops: tests of its arguments. The first test that holds decides.
/// </summary>
/// <remarks>
/// The condition is data, so that one source serves both the seccomp filter (<see cref="FilterBuilder"/>) and the
/// engine that has no filter (<see cref="Decide"/>).
/// </remarks>
/// <param name="Otherwise">What happens when no test holds.</param>
/// <param name="Tests">In their order.</param>
internal sealed record Trap(TrapAction Otherwise, params TrapTest[] Tests)
{
    /// <summary>For a call that changes nothing. A notification suffices: its success can be looked up.</summary>
    public static Trap Notify { get; } = new(TrapAction.Notify);

    /// <summary>For a call that changes something: ptrace stops it at its entry and its exit.</summary>
    public static Trap Stop { get; } = new(TrapAction.Stop);

    /// <summary>
    /// Whether the filter allows a call with the stub's number: so the stub sends us the filter's descriptor.
    /// </summary>
    public bool LetsStubPass { get; init; }

    /// <summary>By which number the filter knows, and allows, a call that is known already; null: there are
    /// none.</summary>
    public ulong? Secret { get; init; }

    /// <summary>But not with one of these bits of an argument.</summary>
    public (int Argument, uint Bits)? NeverKnown { get; init; }

    /// <summary>A trap that stops the call if one of these bits of the argument is set.</summary>
    public static Trap StopIfAnyBit(int argument, uint bits) =>
        new(TrapAction.Let, new TrapTest(argument, TrapComparison.AnyBit, bits, TrapAction.Stop));

    public TrapAction Decide(in SyscallEntry call)
    {
        foreach (TrapTest test in Tests)
        {
            if (test.Holds(call.Raw(test.Argument)))
            {
                return test.Action;
            }
        }

        return Otherwise;
    }
}
