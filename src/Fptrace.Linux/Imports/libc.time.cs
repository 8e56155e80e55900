using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Imports;

/// <summary>time.h.</summary>
internal static unsafe partial class libc
{
    [LibraryImport("libc")]
    public static partial int clock_gettime(int clock, timespec* now);
}
