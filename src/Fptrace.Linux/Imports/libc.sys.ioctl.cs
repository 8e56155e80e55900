using System.Runtime.InteropServices;

namespace Fptrace.Linux.Imports;

/// <summary>sys/ioctl.h.</summary>
internal static unsafe partial class libc
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial int ioctl(int fd, nuint request, void* argument);
}
