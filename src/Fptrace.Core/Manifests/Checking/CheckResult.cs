namespace Fptrace.Manifests.Checking;

/// <summary>What a check found.</summary>
/// <param name="Differences">In the manifest's order; only the first one unless the caller asked for all. Empty if the
/// step is up to date.</param>
/// <param name="Refreshed">If files were touched and are equal: the manifest with their new times, worth saving.
/// Otherwise null.</param>
public sealed record CheckResult(IReadOnlyList<Difference> Differences, Manifest? Refreshed)
{
    public bool IsUpToDate => Differences.Count == 0;

    /// <summary>The first difference in words; null if there is none.</summary>
    public string? Reason => IsUpToDate ? null : Differences[0].Text;
}
