namespace Fptrace.Tracing.Calls.Filtering;

/// <summary>How a <see cref="TrapTest"/> compares an argument.</summary>
internal enum TrapComparison : byte
{
    /// <summary>The lower 32 bits are the value.</summary>
    Equal,

    /// <summary>Of the lower 32 bits one is set that is set in the value.</summary>
    AnyBit,

    /// <summary>The lower 32 bits, without sign, are the value or less.</summary>
    AtMost,

    /// <summary>One of all 64 bits is set.</summary>
    NotZero,
}
