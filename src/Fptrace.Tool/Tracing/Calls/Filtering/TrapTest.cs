namespace Fptrace.Tracing.Calls.Filtering;

/// <summary>A test of one argument of a call.</summary>
/// <param name="Argument">Position of the argument, from 0 on.</param>
/// <param name="Comparison">How it is compared.</param>
/// <param name="Value">What it is compared with; unused by <see cref="TrapComparison.NotZero"/>.</param>
/// <param name="Action">What happens if the test holds.</param>
internal readonly record struct TrapTest(int Argument, TrapComparison Comparison, uint Value, TrapAction Action)
{
    /// <param name="argument">All 64 bits of the register. Descriptors, flags and requests are ints, so only the lower
    /// half of them is compared.</param>
    public bool Holds(ulong argument) => Comparison switch
    {
        TrapComparison.Equal => (uint)argument == Value,
        TrapComparison.AnyBit => ((uint)argument & Value) != 0,
        TrapComparison.AtMost => (uint)argument <= Value,
        TrapComparison.NotZero => argument != 0,
        _ => throw new InvalidOperationException($"no comparison {Comparison}"),
    };
}
