namespace Fptrace.Caching;

/// <summary>What a run may do with the cache.</summary>
[Flags]
public enum CacheMode
{
    Off = 0,

    /// <summary>Results are taken from it, and nothing in it changes, not even the time of last use.</summary>
    Read = 1,

    /// <summary>Results are put into it.</summary>
    Write = 2,

    ReadWrite = Read | Write,
}
