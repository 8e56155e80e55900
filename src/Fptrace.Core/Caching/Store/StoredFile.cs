using Fptrace.Model;

namespace Fptrace.Caching.Store;

/// <summary>A blob or an entry of the store, as a scan found it.</summary>
/// <param name="Key">The digest or key that is its name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="UsedNs">The modification time, in nanoseconds since 1970. For an entry it is the time of last
/// use.</param>
internal readonly record struct StoredFile(ContentDigest Key, long Size, long UsedNs);
