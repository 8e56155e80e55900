using Fptrace.Manifests;

namespace Fptrace.MSBuild.State;

/// <summary>A file in the directory of manifests, and the manifest in it; null if it is no manifest.</summary>
/// <remarks>A class and not a tuple, for the reason that <see cref="ProjectKey"/> gives.</remarks>
internal sealed record LoadedStep(string File, Manifest? Manifest);
