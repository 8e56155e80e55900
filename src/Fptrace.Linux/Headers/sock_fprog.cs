using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>struct sock_fprog: a classic BPF program (linux/filter.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct sock_fprog
{
    public ushort len;
    public sock_filter* filter;
}
