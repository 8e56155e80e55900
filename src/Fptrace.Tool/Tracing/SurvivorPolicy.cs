namespace Fptrace.Tracing;

/// <summary>What to do about processes that outlive the command's first one.</summary>
internal enum SurvivorPolicy
{
    /// <summary>Wait for them, and say so after a while.</summary>
    Wait,

    /// <summary>End them.</summary>
    Kill,

    /// <summary>Write the results and return; a process of ours goes on answering for them.</summary>
    Linger,
}
