namespace Fptrace.Tracing.Calls.Filtering;

/// <summary>How a <see cref="TrapTest"/> compares an argument.</summary>
internal enum TrapComparison : byte
{
    /// <summary>The lower 32 bits equal the value.</summary>
    Equal,

    /// <summary>The lower 32 bits and the value have a bit in common.</summary>
    AnyBit,

    /// <summary>The lower 32 bits, unsigned, are at most the value.</summary>
    AtMost,

    /// <summary>Not all of the 64 bits are zero.</summary>
    NotZero,
}
