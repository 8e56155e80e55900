using Fptrace.Model;

namespace Fptrace.Caching.Store;

/// <summary>
/// What any store can do, local or remote. It matches HEAD, GET and PUT of <c>/ac/KEY</c> and <c>/cas/KEY</c> in
/// Bazel's HTTP cache protocol.
/// </summary>
/// <remarks>
/// When a store fails, it answers <c>false</c> or <c>null</c>; callers must work without it. The reader checks what it
/// receives, so a store need not. Thread-safe.
/// </remarks>
public interface ICacheStore
{
    bool Contains(CacheSpace space, ContentDigest key);

    /// <returns>A stream of the stored bytes, or null if there are none.</returns>
    Stream? OpenRead(CacheSpace space, ContentDigest key);

    /// <summary>Stores the rest of <paramref name="content"/>, from its current position on.</summary>
    /// <returns>Whether the content is stored now.</returns>
    bool Write(CacheSpace space, ContentDigest key, Stream content);
}
