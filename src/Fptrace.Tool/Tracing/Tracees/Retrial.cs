namespace Fptrace.Tracing.Tracees;

/// <summary>How far a call is that is made again under ptrace, because a lookup cannot tell how it ends.</summary>
internal enum Retrial
{
    None,

    /// <summary>Its thread was interrupted and stops at every call until it makes it again.</summary>
    Expected,

    /// <summary>It was made again: it is handled, and its exit will be.</summary>
    UnderWay,
}
