using Fptrace.Model;

namespace Fptrace.Caching.Store;

/// <summary>A blob or an entry of the store, as a scan found it.</summary>
/// <param name="Space">Which half it is in.</param>
/// <param name="Key">Its name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="UsedNs">Modification time, which of an entry is the time of last use; nanoseconds since 1970.</param>
internal readonly record struct StoredFile(CacheSpace Space, ContentDigest Key, long Size, long UsedNs);
