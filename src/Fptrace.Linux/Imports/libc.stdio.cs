using System.Runtime.InteropServices;

namespace Fptrace.Linux.Imports;

/// <summary>stdio.h.</summary>
internal static partial class libc
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial int renameat(int fromDirectory, in byte from, int toDirectory, in byte to);
}
