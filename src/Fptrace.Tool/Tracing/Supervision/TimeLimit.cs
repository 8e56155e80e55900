namespace Fptrace.Tracing.Supervision;

/// <summary>Where a call that waits has the time that it waits at most.</summary>
internal enum TimeLimit
{
    /// <summary>Nowhere: it waits for ever.</summary>
    None,

    /// <summary>In an argument, in milliseconds; negative for ever.</summary>
    Milliseconds,

    /// <summary>In memory, a struct timespec; no address for ever.</summary>
    Memory,

    /// <summary>In its socket, which is the first argument: that of receives.</summary>
    Receive,

    /// <summary>The same of sends.</summary>
    Send,
}
