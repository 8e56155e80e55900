namespace Fptrace.Caching.Store;

/// <summary>What a collection of garbage removed and left.</summary>
/// <param name="RemovedEntries">Entries that were the least recently used, or damaged.</param>
/// <param name="RemovedBlobs">Blobs that no entry needs any more.</param>
/// <param name="RemovedBytes">Bytes of these entries and blobs, and of temporary files.</param>
/// <param name="LeftBytes">Bytes that the store holds now.</param>
public sealed record CollectedGarbage(int RemovedEntries, int RemovedBlobs, long RemovedBytes, long LeftBytes);
