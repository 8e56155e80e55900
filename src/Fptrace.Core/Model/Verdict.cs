namespace Fptrace.Model;

/// <summary>Whether the trace holds everything: complete when there is no reason against it.</summary>
/// <param name="Reasons">Each cause once, in the order it was first met.</param>
public sealed record Verdict(IReadOnlyList<IncompleteReason> Reasons)
{
    public bool IsComplete => Reasons.Count == 0;

    /// <summary>
    /// Whether the trace has every file access of the command. This holds even for an incomplete trace if its only
    /// reasons are <see cref="IncompleteReason.Network"/> and <see cref="IncompleteReason.Outsider"/>.
    /// </summary>
    public bool HoldsAllFiles =>
        Reasons.All(reason => reason.Kind is IncompleteReason.Network or IncompleteReason.Outsider);
}
