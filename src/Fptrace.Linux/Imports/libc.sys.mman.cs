using System.Runtime.InteropServices;

namespace Fptrace.Linux.Imports;

/// <summary>sys/mman.h.</summary>
internal static partial class libc
{
    public const int MADV_HUGEPAGE = 14;

    [LibraryImport("libc")]
    public static partial int madvise(nint address, nint length, int advice);
}
