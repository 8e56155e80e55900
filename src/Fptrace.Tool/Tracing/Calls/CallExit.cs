namespace Fptrace.Tracing.Calls;

/// <summary>Whether the exit of a call is handled, too.</summary>
internal enum CallExit
{
    /// <summary>Nobody sees the exit: the call came as a notification, or its result does not matter.</summary>
    Unseen,

    /// <summary>The thread stops at the exit as well, if <see cref="Call.Enter"/> asks for it.</summary>
    Seen,
}
