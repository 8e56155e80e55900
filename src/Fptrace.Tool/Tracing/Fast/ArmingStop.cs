namespace Fptrace.Tracing.Fast;

/// <summary>What a stop of a thread is that maps our pages.</summary>
internal enum ArmingStop
{
    /// <summary>Of a call that it makes for that. It goes on to the next stop of a call.</summary>
    Between,

    /// <summary>Of the last of these calls. It makes its own call again.</summary>
    Last,

    /// <summary>Of something else. The thread stands there as if there had been no such call, and maps no
    /// more.</summary>
    Another,
}
