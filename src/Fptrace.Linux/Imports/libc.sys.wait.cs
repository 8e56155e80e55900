using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Imports;

/// <summary>sys/wait.h.</summary>
internal static unsafe partial class libc
{
    public const int __WALL = 0x40000000;
    public const int WNOHANG = 1;
    public const int WUNTRACED = 2;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int wait4(int pid, int* status, int options, rusage* usage);
}
