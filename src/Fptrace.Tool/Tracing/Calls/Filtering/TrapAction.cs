namespace Fptrace.Tracing.Calls.Filtering;

/// <summary>How a call reaches us.</summary>
internal enum TrapAction : byte
{
    /// <summary>Not at all.</summary>
    Let,

    /// <summary>By a notification before it, which shows no result; a ptrace stop where there are no notifications.</summary>
    Notify,

    /// <summary>By ptrace stops before and after it.</summary>
    Stop,
}
