namespace Fptrace.Tracing.Supervision;

/// <summary>Where a call that waits has its time limit.</summary>
internal enum TimeLimit
{
    /// <summary>It has none and waits for ever.</summary>
    None,

    /// <summary>An argument, in milliseconds; negative means no limit.</summary>
    Milliseconds,

    /// <summary>An argument that points to a struct timespec; a null pointer means no limit.</summary>
    Memory,

    /// <summary>The receive timeout of the socket in the first argument (SO_RCVTIMEO).</summary>
    Receive,

    /// <summary>The send timeout of that socket (SO_SNDTIMEO).</summary>
    Send,
}
