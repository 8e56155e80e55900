using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fptrace.Linux.Imports;

namespace Fptrace.Linux.Machine;

/// <summary>Arrays of many megabytes that are filled at once.</summary>
/// <remarks>
/// The kernel gives the memory in huge pages where it has some: 2 MB a page fault instead of 4 kB. A manifest of
/// 100,000 files takes 30 MB, and its page faults alone were 8 % of its check. Elsewhere, and below 4 MB, it is an
/// array as any other.
/// </remarks>
internal static class LargeArray
{
    private const int PageSize = 4096;
    private const int Large = 4 << 20;

    /// <returns>Its elements hold anything.</returns>
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
        nint first = (address + PageSize - 1) & -PageSize;

        // A hint: where the kernel knows no huge pages, or the pages are larger ones, it refuses, and nothing is lost.
        _ = libc.madvise(first, (nint)bytes - (first - address), libc.MADV_HUGEPAGE);
        return array;
    }
}
