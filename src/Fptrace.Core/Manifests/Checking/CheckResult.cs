namespace Fptrace.Manifests.Checking;

/// <summary>What a check found.</summary>
/// <param name="Differences">In the manifest's order; only the first unless all were asked for. Empty: up to
/// date.</param>
/// <param name="Refreshed">The manifest with new stamps, when files were touched and are equal: worth saving. Null
/// otherwise.</param>
public sealed record CheckResult(IReadOnlyList<Difference> Differences, Manifest? Refreshed)
{
    public bool IsUpToDate => Differences.Count == 0;

    /// <summary>The first reason in words, or null.</summary>
    public string? Reason => IsUpToDate ? null : Differences[0].Text;
}
