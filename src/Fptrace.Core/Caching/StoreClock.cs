namespace Fptrace.Caching;

/// <summary>The wall clock as file times have it.</summary>
internal static class StoreClock
{
    /// <summary>Nanoseconds since 1970.</summary>
    public static long Now => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
}
