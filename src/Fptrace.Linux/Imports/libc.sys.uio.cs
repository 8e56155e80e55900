using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Imports;

/// <summary>sys/uio.h: the memory of another process.</summary>
internal static unsafe partial class libc
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint process_vm_readv(
        int pid, iovec* local, nuint localCount, iovec* remote, nuint remoteCount, nuint flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint process_vm_writev(
        int pid, iovec* local, nuint localCount, iovec* remote, nuint remoteCount, nuint flags);
}
