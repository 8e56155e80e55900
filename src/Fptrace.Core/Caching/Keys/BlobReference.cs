using Fptrace.Model;

namespace Fptrace.Caching.Keys;

/// <summary>A blob that an entry needs.</summary>
/// <param name="Digest">Its name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Checksum">XXH128 of an output's content, by which a restoration checks it; 0 for others, which are
/// checked by their name.</param>
internal readonly record struct BlobReference(ContentDigest Digest, long Size, UInt128 Checksum = default);
