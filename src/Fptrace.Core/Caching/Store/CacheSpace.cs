namespace Fptrace.Caching.Store;

/// <summary>The two halves of a store, as in Bazel's: blobs named by their content, and entries named by a
/// key.</summary>
public enum CacheSpace
{
    /// <summary><c>cas/</c>: content-addressed. A blob whose SHA-256 is not its name is damaged.</summary>
    Content,

    /// <summary><c>ac/</c>: the action cache. A later entry of the same key replaces the earlier.</summary>
    Action,
}
