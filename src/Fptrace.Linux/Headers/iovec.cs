using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>struct iovec (sys/uio.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct iovec
{
    public nint iov_base;
    public nint iov_len;
}
