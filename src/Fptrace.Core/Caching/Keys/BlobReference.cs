using Fptrace.Model;

namespace Fptrace.Caching.Keys;

/// <summary>A blob that an entry needs.</summary>
/// <param name="Digest">SHA-256 of its content, which is its name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Checksum">XXH128 of an output's content, by which a restoration checks it. 0 for other blobs, which are
/// checked by their digest.</param>
internal readonly record struct BlobReference(ContentDigest Digest, long Size, UInt128 Checksum = default);
