namespace Fptrace.Linux.Headers;

/// <summary>linux/time.h: clocks.</summary>
internal static class time
{
    public const int CLOCK_REALTIME_COARSE = 5;
}
