using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>struct cmsghdr (sys/socket.h); its data follow.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct cmsghdr
{
    public const int SOL_SOCKET = 1;
    public const int SCM_RIGHTS = 1;

    public nint cmsg_len;
    public int cmsg_level;
    public int cmsg_type;
}
