namespace Fptrace.Caching.Store;

/// <summary>
/// The two halves of a store, as in Bazel's: blobs named by their digest, and entries named by a key.
/// </summary>
public enum CacheSpace
{
    /// <summary><c>cas/</c>: content-addressed storage. A blob whose SHA-256 is not its name is damaged.</summary>
    Content,

    /// <summary><c>ac/</c>: the action cache. A new entry replaces an older one with the same key.</summary>
    Action,
}
