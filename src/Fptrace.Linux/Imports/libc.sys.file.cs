using System.Runtime.InteropServices;

namespace Fptrace.Linux.Imports;

/// <summary>sys/file.h.</summary>
internal static partial class libc
{
    public const int LOCK_SH = 1;
    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int flock(int fd, int operation);
}
