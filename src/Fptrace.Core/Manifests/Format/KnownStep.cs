using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>A step of which a manifest is kept.</summary>
/// <param name="Path">Of the manifest, as <see cref="ManifestFile"/> takes it.</param>
/// <param name="Step">What it is.</param>
/// <param name="UsedNs">When it was written or last found to be up to date: nanoseconds since 1970.</param>
/// <param name="Size">Of the manifest, in bytes.</param>
public sealed record KnownStep(string Path, StepIdentity Step, long UsedNs, long Size);
