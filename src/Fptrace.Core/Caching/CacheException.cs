namespace Fptrace.Caching;

/// <summary>The cache cannot be used. The message is one line for the user: what is wrong, and the remedy.</summary>
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
