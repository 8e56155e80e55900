using System.Runtime.InteropServices;

namespace Fptrace.Linux.Imports;

/// <summary>sys/auxv.h, with numbers of linux/auxvec.h.</summary>
internal static partial class libc
{
    public const ulong AT_BASE = 7;
    public const ulong AT_HWCAP = 16;
    public const ulong AT_HWCAP2 = 26;

    [LibraryImport("libc")]
    public static partial ulong getauxval(ulong type);
}
