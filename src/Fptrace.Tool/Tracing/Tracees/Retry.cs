namespace Fptrace.Tracing.Tracees;

/// <summary>
/// How far a thread is that makes a call again under ptrace, because no lookup tells how the call ends.
/// </summary>
internal enum Retry
{
    None,

    /// <summary>The thread was interrupted. It stops at every call until it makes this one again.</summary>
    Expected,

    /// <summary>The thread has made the call again. Its entry was handled, and its exit will be.</summary>
    UnderWay,
}
