using Fptrace.Model;

namespace Fptrace.Caching.Store;

/// <summary>What any store can do, near or far: HEAD, GET and PUT of <c>/ac/KEY</c> and <c>/cas/KEY</c>, as in Bazel's
/// HTTP cache protocol.</summary>
/// <remarks>
/// A store that fails has nothing: it answers <c>false</c> or <c>null</c>, and the caller never depends on it. Whoever
/// reads checks what he got; a store need not. Calls come from several threads.
/// </remarks>
public interface ICacheStore
{
    bool Contains(CacheSpace space, ContentDigest key);

    /// <returns>The stored bytes from the beginning, or null.</returns>
    Stream? OpenRead(CacheSpace space, ContentDigest key);

    /// <summary>Stores all that is left in <paramref name="content"/>.</summary>
    /// <returns>Whether it is stored now.</returns>
    bool Write(CacheSpace space, ContentDigest key, Stream content);
}
