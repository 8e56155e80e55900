namespace Fptrace.Tracing.Calls;

/// <summary>What happens to a call after its entry was handled.</summary>
internal enum EntryAnswer
{
    /// <summary>The call goes on. All that matters is recorded.</summary>
    Go,

    /// <summary>The same, and names mean what they meant.</summary>
    GoNamesKept,

    /// <summary>The call goes on, and its result matters.</summary>
    WantExit,

    /// <summary>The kernel skips the call, which returns <see cref="PendingCall.Answer"/>.</summary>
    Skip,

    /// <summary>The call goes on, without CLONE_UNTRACED in its first argument.</summary>
    StripUntraced,

    /// <summary>
    /// The result matters, but a notification does not show it: the thread makes the call again under ptrace.
    /// </summary>
    MakeAgain,
}
