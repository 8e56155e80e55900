using System.Runtime.InteropServices;

namespace Fptrace.Linux.Imports;

/// <summary>fcntl.h.</summary>
internal static partial class libc
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial int openat(int directory, in byte path, int flags, uint mode);
}
