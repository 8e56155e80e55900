using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>struct flock of fcntl.h: a lock on a part of a file.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct flock
{
    public short l_type;
    public short l_whence;
    public long l_start;
    public long l_len;
    public int l_pid;
}
