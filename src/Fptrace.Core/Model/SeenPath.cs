namespace Fptrace.Model;

/// <summary>Where a path led when it was looked up.</summary>
/// <remarks>Until a name moves, every lookup of the same path gives the same object.</remarks>
public sealed class SeenPath
{
    /// <summary>
    /// Absolute, without symbolic links. Empty when the path leads nowhere: into a loop of links, or through <c>..</c>
    /// out of something that is no directory.
    /// </summary>
    public required ByteString Path { get; init; }

    /// <summary>The errno value of the lookup; 0 where something exists or nobody looked.</summary>
    public int Error { get; init; }

    /// <summary>The links on the way.</summary>
    public IReadOnlyList<SeenLink> Links { get; init; } = [];

    /// <summary>
    /// What else decided the way: the directories before <c>..</c>, and what exists or is missing in the place of a
    /// directory.
    /// </summary>
    public IReadOnlyList<SeenPlace> Passed { get; init; } = [];
}
