namespace Fptrace.Tracing.Calls;

/// <summary>What is to become of a call after its entry was handled.</summary>
internal enum EntryAnswer
{
    /// <summary>It goes on; all that matters is recorded.</summary>
    Go,

    /// <summary>Its result matters.</summary>
    WantExit,

    /// <summary>It is not made; it gets the answer in <see cref="PendingCall.Answer"/>.</summary>
    Skip,

    /// <summary>It goes on without CLONE_UNTRACED in its first argument.</summary>
    StripUntraced,

    /// <summary>Its result matters, and it was announced by a notification, which shows none: it is made again under ptrace.</summary>
    MakeAgain,
}
