using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Tmds.Linux;

namespace Fptrace.Linux.FileSystem;

/// <summary>newfstatat(2) in place of statx(2), which container runtimes deny that are older than it (EPERM; Docker before 18.04 with libseccomp before 2.3.3).</summary>
internal static unsafe class StatWithoutStatx
{
    private const int AtFlags = fcntl.AT_SYMLINK_NOFOLLOW | fcntl.AT_EMPTY_PATH;

    // struct stat of asm/stat.h has 144 bytes on x86-64 and 128 in the generic form.
    private const int Size = 256;
    private static readonly bool s_x64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly nint SYS_newfstatat = s_x64 ? 262 : 79;

    /// <summary>For what statx answered.</summary>
    /// <param name="error">An errno value.</param>
    public static bool IsFor(int error) => error is errno.EPERM or errno.ENOSYS;

    /// <returns>0, or −errno.</returns>
    public static int Of(int directory, byte* path, int flags, statx* result)
    {
        byte* stat = stackalloc byte[Size];
        if (libc.syscall(SYS_newfstatat, directory, (nint)path, (nint)stat, flags & AtFlags, 0) != 0)
        {
            return -Marshal.GetLastSystemError();
        }

        ulong device = *(ulong*)stat;
        result->stx_dev_major = (uint)((device >> 8 & 0xfff) | (device >> 32 & ~0xffful));
        result->stx_dev_minor = (uint)((device & 0xff) | (device >> 12 & ~0xfful));
        result->stx_ino = *(ulong*)(stat + 8);
        result->stx_mode = (ushort)*(uint*)(stat + (s_x64 ? 24 : 16));
        result->stx_nlink = s_x64 ? (uint)*(ulong*)(stat + 16) : *(uint*)(stat + 20);
        result->stx_uid = *(uint*)(stat + (s_x64 ? 28 : 24));
        result->stx_gid = *(uint*)(stat + (s_x64 ? 32 : 28));
        result->stx_size = *(ulong*)(stat + 48);
        result->stx_blocks = *(ulong*)(stat + 64);
        result->stx_mtime.tv_sec = *(long*)(stat + 88);
        result->stx_mtime.tv_nsec = *(uint*)(stat + 96);
        result->stx_ctime.tv_sec = *(long*)(stat + 104);
        result->stx_ctime.tv_nsec = *(uint*)(stat + 112);
        return 0;
    }
}
