using Fptrace.Manifests;

namespace Fptrace.Caching;

/// <summary>A blob that an entry needs.</summary>
/// <param name="Digest">Its name.</param>
/// <param name="Size">Bytes.</param>
internal readonly record struct BlobReference(ContentDigest Digest, long Size);
