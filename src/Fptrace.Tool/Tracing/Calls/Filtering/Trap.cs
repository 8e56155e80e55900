namespace Fptrace.Tracing.Calls.Filtering;

/// <summary>When a call stops: tests of its arguments, of which the first that holds decides.</summary>
/// <remarks>
/// Data, so that the same condition is compiled into the seccomp filter (<see cref="FilterBuilder"/>) and evaluated where there is no filter.
/// </remarks>
/// <param name="Otherwise">What happens when no test holds.</param>
/// <param name="Tests">In their order.</param>
internal sealed record Trap(TrapAction Otherwise, params TrapTest[] Tests)
{
    /// <summary>It changes nothing, so a notification before it suffices; its success is looked up.</summary>
    public static Trap Notify { get; } = new(TrapAction.Notify);

    /// <summary>It changes something: ptrace stops before and after it.</summary>
    public static Trap Stop { get; } = new(TrapAction.Stop);

    /// <summary>The stub sends us the filter's descriptor by such a call, past its own filter.</summary>
    public bool LetsStubPass { get; init; }

    /// <summary>Stops where a bit of an argument is set.</summary>
    public static Trap StopIfAnyBit(int argument, uint bits) => new(TrapAction.Let, new TrapTest(argument, TrapComparison.AnyBit, bits, TrapAction.Stop));

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
