using System.Runtime.InteropServices;

namespace Fptrace.Linux.Imports;

/// <summary>sys/statfs.h.</summary>
internal static unsafe partial class libc
{
    [LibraryImport("libc")]
    public static partial int statfs(in byte path, void* result);
}
