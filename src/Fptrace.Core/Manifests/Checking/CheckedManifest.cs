namespace Fptrace.Manifests.Checking;

/// <summary>A manifest from a file, and what the check found.</summary>
/// <param name="Manifest">Null when it could not be loaded; the result says why.</param>
/// <param name="Result">The result of the check.</param>
public sealed record CheckedManifest(Manifest? Manifest, CheckResult Result);
