using Fptrace.Manifests;
using Fptrace.Manifests.Format;

namespace Fptrace.MSBuild.State;

/// <summary>A step that ran or was skipped in this build.</summary>
/// <param name="Manifest">The full path of its manifest, which need not exist.</param>
/// <param name="Target">What its target declares, where the audit asked for it.</param>
internal sealed record StepRecord(string Manifest, DeclaredTarget? Target)
{
    /// <summary>What the manifest held when the step was done with it.</summary>
    private (Manifest Manifest, DateTime Written)? _seen;

    /// <summary>Spares whoever asks later in the build another reading.</summary>
    public void Remember(Manifest manifest) => _seen = (manifest, File.GetLastWriteTimeUtc(Manifest));

    /// <summary>The manifest as its file is now; null where there is none that can be read.</summary>
    public Manifest? Load() => _seen is { } seen && File.GetLastWriteTimeUtc(Manifest) == seen.Written
        ? seen.Manifest
        : ManifestFile.Load(Manifest).Manifest;
}
