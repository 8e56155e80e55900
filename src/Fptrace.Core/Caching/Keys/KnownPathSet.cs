namespace Fptrace.Caching.Keys;

/// <summary>A path set of earlier runs of a step.</summary>
/// <param name="Set">The blob of the <see cref="PathSet"/>.</param>
/// <param name="Manifest">The manifest of the last run that had it. From it a miss says in words how this run
/// differs.</param>
internal readonly record struct KnownPathSet(BlobReference Set, BlobReference Manifest);
