using Fptrace.Manifests;

namespace Fptrace.Caching.Keys;

/// <summary>A path set that runs of a command had.</summary>
/// <param name="Set">The blob of the <see cref="PathSet"/>.</param>
/// <param name="Manifest">The manifest of the last run that had it: says in words why another run differs.</param>
internal readonly record struct KnownPathSet(BlobReference Set, BlobReference Manifest);
