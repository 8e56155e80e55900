namespace Fptrace.Model;

/// <summary>Whether the trace holds everything: complete when there is no reason against it.</summary>
/// <param name="Reasons">Each cause once, in the order it was first met.</param>
public sealed record Verdict(IReadOnlyList<IncompleteReason> Reasons)
{
    public bool IsComplete => Reasons.Count == 0;

    /// <summary>Whether every file access of the command is in the trace. With <see cref="IncompleteReason.Network"/>
    /// and <see cref="IncompleteReason.Outsider"/> alone it is not complete, but this.</summary>
    public bool HoldsAllFiles =>
        Reasons.All(reason => reason.Kind is IncompleteReason.Network or IncompleteReason.Outsider);
}
