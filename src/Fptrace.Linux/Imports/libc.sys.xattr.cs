using System.Runtime.InteropServices;

namespace Fptrace.Linux.Imports;

/// <summary>sys/xattr.h.</summary>
internal static partial class libc
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint getxattr(in byte path, in byte name, ref byte value, nint size);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint lgetxattr(in byte path, in byte name, ref byte value, nint size);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint llistxattr(in byte path, ref byte list, nint size);
}
