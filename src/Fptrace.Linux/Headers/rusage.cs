using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>struct rusage (sys/resource.h); times in seconds and microseconds, ru_maxrss in KiB.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct rusage
{
    public long ru_utime_sec;
    public long ru_utime_usec;
    public long ru_stime_sec;
    public long ru_stime_usec;
    public long ru_maxrss;
    public fixed long rest[13];
}
