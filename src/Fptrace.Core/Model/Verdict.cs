namespace Fptrace.Model;

/// <summary>Whether the trace holds everything: complete when there is no reason against it.</summary>
/// <param name="Reasons">Each cause once, in the order it was first met.</param>
public sealed record Verdict(IReadOnlyList<IncompleteReason> Reasons)
{
    public bool IsComplete => Reasons.Count == 0;
}
