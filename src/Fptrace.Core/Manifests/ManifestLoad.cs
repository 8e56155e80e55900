namespace Fptrace.Manifests;

/// <summary>A manifest from a file, or why there is none.</summary>
/// <param name="Manifest">Null when it does not exist, is damaged, or is of another version.</param>
/// <param name="Reason">In words, when it is null.</param>
public sealed record ManifestLoad(Manifest? Manifest, string? Reason);
