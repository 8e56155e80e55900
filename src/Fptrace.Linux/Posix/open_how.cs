using System.Runtime.InteropServices;

namespace Fptrace.Linux.Posix;

/// <summary>struct open_how of linux/openat2.h, the same on every architecture.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct open_how
{
    /// <summary>Of the structure, in bytes.</summary>
    public const long Size = 24;

    public ulong flags;
    public ulong mode;
    public ulong resolve;
}
