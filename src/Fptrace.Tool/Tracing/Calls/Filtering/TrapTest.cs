namespace Fptrace.Tracing.Calls.Filtering;

/// <summary>A test of one argument of a call.</summary>
/// <param name="Argument">Its position, from 0 on.</param>
/// <param name="Comparison">How it is compared.</param>
/// <param name="Value">With what; nothing for <see cref="TrapComparison.NotZero"/>.</param>
/// <param name="Action">What happens if the test holds.</param>
internal readonly record struct TrapTest(int Argument, TrapComparison Comparison, uint Value, TrapAction Action)
{
    /// <param name="argument">All 64 bits. Descriptors, flags and requests are ints, so their tests look at the lower half alone.</param>
    public bool Holds(ulong argument) => Comparison switch
    {
        TrapComparison.Equal => (uint)argument == Value,
        TrapComparison.AnyBit => ((uint)argument & Value) != 0,
        TrapComparison.AtMost => (uint)argument <= Value,
        TrapComparison.NotZero => argument != 0,
        _ => throw new InvalidOperationException($"no comparison {Comparison}"),
    };
}
