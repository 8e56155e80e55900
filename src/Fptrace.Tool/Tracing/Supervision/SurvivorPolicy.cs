namespace Fptrace.Tracing.Supervision;

/// <summary>What to do about processes that outlive the command's first one.</summary>
internal enum SurvivorPolicy
{
    /// <summary>Wait for them, and say so after a while.</summary>
    Wait,

    /// <summary>End them.</summary>
    Kill,

    /// <summary>Write the results and return; a process of ours goes on answering for them.</summary>
    Linger,

    /// <summary>Wait as long as they hold the command's output, as whoever reads it does, and for a moment; then as
    /// <see cref="Linger"/>. For steps.</summary>
    Detach,
}
