namespace Fptrace.Caching;

/// <summary>The cache cannot be used. The message is one line for the user: what is wrong, and the remedy.</summary>
public sealed class CacheException(string message) : Exception(message);
