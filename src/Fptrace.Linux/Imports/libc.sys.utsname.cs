using System.Runtime.InteropServices;

namespace Fptrace.Linux.Imports;

/// <summary>sys/utsname.h.</summary>
internal static partial class libc
{
    [LibraryImport("libc")]
    public static partial int uname(ref byte names);
}
