namespace Fptrace.Caching;

/// <summary>The cache cannot be used, and the user can do something about it: one line with the thing and its
/// remedy.</summary>
public sealed class CacheException : Exception
{
    public CacheException(string message)
        : base(message)
    {
    }

    public CacheException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public CacheException()
        : base("the cache cannot be used")
    {
    }
}
