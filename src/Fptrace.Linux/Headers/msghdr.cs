using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>struct msghdr (sys/socket.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct msghdr
{
    public nint msg_name;
    public uint msg_namelen;
    public nint msg_iov;
    public nint msg_iovlen;
    public nint msg_control;
    public nint msg_controllen;
    public int msg_flags;
}
