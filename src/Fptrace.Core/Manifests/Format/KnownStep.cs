using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>A step that has a manifest.</summary>
/// <param name="Path">The path of the manifest, as <see cref="ManifestFile"/> takes it.</param>
/// <param name="Step">The step.</param>
/// <param name="UsedNs">When a run wrote it or a check last found it up to date, in nanoseconds since 1970.</param>
/// <param name="Size">The size of the manifest, in bytes.</param>
public sealed record KnownStep(string Path, StepIdentity Step, long UsedNs, long Size);
