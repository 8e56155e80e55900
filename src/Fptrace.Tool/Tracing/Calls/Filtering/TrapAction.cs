namespace Fptrace.Tracing.Calls.Filtering;

/// <summary>How a call reaches us.</summary>
internal enum TrapAction : byte
{
    /// <summary>Not at all: the call runs at full speed.</summary>
    Let,

    /// <summary>
    /// By a notification at its entry, which shows no result. Engines without notifications use ptrace.
    /// </summary>
    Notify,

    /// <summary>By ptrace stops at its entry and at its exit.</summary>
    Stop,
}
