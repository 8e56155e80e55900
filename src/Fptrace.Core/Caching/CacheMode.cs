namespace Fptrace.Caching;

/// <summary>What a run may do with the cache.</summary>
[Flags]
public enum CacheMode
{
    Off = 0,

    /// <summary>Results are restored. Nothing in the store changes, not even the time of last use.</summary>
    Read = 1,

    /// <summary>Results are stored.</summary>
    Write = 2,

    ReadWrite = Read | Write,
}
