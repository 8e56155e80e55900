namespace Fptrace.Caching.Store;

/// <summary>What to do where a directory does not exist.</summary>
internal enum IfMissing
{
    Fail,
    Create,
}
