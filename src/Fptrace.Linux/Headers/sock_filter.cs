using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>struct sock_filter: one classic BPF instruction (linux/filter.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct sock_filter(ushort code, byte jt, byte jf, uint k)
{
    public readonly ushort code = code;
    public readonly byte jt = jt;
    public readonly byte jf = jf;
    public readonly uint k = k;
}
