using System.Runtime.InteropServices;

namespace Fptrace.Linux.Imports;

/// <summary>sys/random.h.</summary>
internal static partial class libc
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint getrandom(ref byte buffer, nint size, uint flags);
}
