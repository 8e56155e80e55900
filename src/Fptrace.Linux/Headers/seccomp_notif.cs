using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>struct seccomp_notif; all zero before SECCOMP_IOCTL_NOTIF_RECV. pid is the thread, in our pid
/// namespace.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct seccomp_notif
{
    public ulong id;
    public uint pid;
    public uint flags;
    public seccomp_data data;
}
