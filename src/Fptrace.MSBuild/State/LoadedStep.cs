using Fptrace.Manifests;

namespace Fptrace.MSBuild.State;

/// <summary>The file of a manifest and what it holds; null where that is no manifest.</summary>
/// <remarks>No tuple: see <see cref="ProjectKey"/>.</remarks>
internal sealed record LoadedStep(string File, Manifest? Manifest);
