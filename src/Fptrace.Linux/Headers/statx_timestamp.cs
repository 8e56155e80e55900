using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>struct statx_timestamp (linux/stat.h).</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct statx_timestamp
{
    public long tv_sec;
    public uint tv_nsec;
}
