namespace Fptrace.Caching.Store;

/// <summary>What a collection of garbage removed and left.</summary>
/// <param name="RemovedEntries">Results and path sets that had not been used for longest, and damaged ones.</param>
/// <param name="RemovedBlobs">Blobs that no entry needs any more.</param>
/// <param name="RemovedBytes">Bytes of both and of temporaries.</param>
/// <param name="LeftBytes">Bytes that the store holds now.</param>
public sealed record CollectedGarbage(int RemovedEntries, int RemovedBlobs, long RemovedBytes, long LeftBytes);
