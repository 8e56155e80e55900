using Fptrace.Manifests;
using Fptrace.Manifests.Format;

namespace Fptrace.MSBuild.State;

/// <summary>A step that ran or was skipped in this build.</summary>
/// <param name="Manifest">The full path of its manifest, which need not exist.</param>
/// <param name="Target">What its target declares; null without an audit.</param>
internal sealed record StepRecord(string Manifest, DeclaredTarget? Target)
{
    /// <summary>The manifest as the step last saw it, with the modification time of its file.</summary>
    private (Manifest Manifest, DateTime Written)? _seen;

    /// <summary>Keeps the manifest, so that later tasks of the build need not read it again.</summary>
    public void Remember(Manifest manifest) => _seen = (manifest, File.GetLastWriteTimeUtc(Manifest));

    /// <summary>The current manifest; null if there is none that can be read.</summary>
    public Manifest? Load() => _seen is { } seen && File.GetLastWriteTimeUtc(Manifest) == seen.Written
        ? seen.Manifest
        : ManifestFile.Load(Manifest).Manifest;
}
