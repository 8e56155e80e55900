namespace Fptrace.Model;

/// <summary>Where a path led when it was looked up. Whoever asks for the same path gets the same object, until a name
/// moves.</summary>
public sealed class SeenPath
{
    /// <summary>Absolute, without symbolic links; empty when it leads nowhere, whatever stands there: into a loop of
    /// links, or by <c>..</c> out of what is no directory.</summary>
    public required ByteString Path { get; init; }

    /// <summary>What the last look said: an errno value; 0 where something stands or nobody looked.</summary>
    public int Error { get; init; }

    /// <summary>The links on the way.</summary>
    public IReadOnlyList<SeenLink> Links { get; init; } = [];

    /// <summary>What else decided the way: directories before <c>..</c>, and what stands, or is missing, where one
    /// should be.</summary>
    public IReadOnlyList<SeenPlace> Passed { get; init; } = [];
}
