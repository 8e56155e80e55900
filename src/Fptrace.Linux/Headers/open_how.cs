using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>struct open_how of linux/openat2.h, the same on every architecture.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct open_how
{
    public ulong flags;
    public ulong mode;
    public ulong resolve;
}
