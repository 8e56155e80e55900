namespace Fptrace.Tracing.Supervision;

/// <summary>What to do about processes that outlive the command's first process.</summary>
internal enum SurvivorPolicy
{
    /// <summary>Wait for them, and tell the user after a while.</summary>
    Wait,

    /// <summary>End them.</summary>
    Kill,

    /// <summary>Write the results and return. The tracer stays and goes on answering for them.</summary>
    Linger,

    /// <summary>
    /// Wait for a moment, or longer while they hold the command's output, as a reader of that output would. Then do as
    /// <see cref="Linger"/>. For steps.
    /// </summary>
    Detach,
}
