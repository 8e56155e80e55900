using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fptrace.Linux.Imports;

namespace Fptrace.Linux.Machine;

/// <summary>Allocates large arrays that are filled at once.</summary>
/// <remarks>
/// The kernel is asked to use huge pages: then a page fault provides 2 MB and not 4 kB. A manifest of 100,000 files
/// takes 30 MB, and page faults were 8 % of the time to check it. Below 4 MB, and on other systems, the array is an
/// ordinary one.
/// </remarks>
internal static class LargeArray
{
    private const int Large = 4 << 20;

    /// <returns>An array whose elements are not initialised.</returns>
    public static T[] Allocate<T>(int length)
        where T : unmanaged
    {
        long bytes = (long)length * Unsafe.SizeOf<T>();
        if (bytes < Large || !OperatingSystem.IsLinux())
        {
            return GC.AllocateUninitializedArray<T>(length);
        }

        T[] array = GC.AllocateUninitializedArray<T>(length, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        nint page = Environment.SystemPageSize;
        nint first = (address + page - 1) & -page;

        // This is only a hint. The kernel may refuse it, and the array works all the same.
        _ = libc.madvise(first, (nint)bytes - (first - address), libc.MADV_HUGEPAGE);
        return array;
    }
}
