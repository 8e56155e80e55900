using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>struct seccomp_notif_resp.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct seccomp_notif_resp
{
    public ulong id;
    public long val;
    public int error;
    public uint flags;
}
