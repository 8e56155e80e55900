using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using static Fptrace.Linux.Headers.asm;

namespace Fptrace.Linux.FileSystem;

/// <summary>Calls newfstatat(2) where statx(2) is denied.</summary>
/// <remarks>
/// Container runtimes that are older than statx deny it with EPERM, such as Docker before 18.04 with libseccomp before
/// 2.3.3.
/// </remarks>
internal static unsafe class StatWithoutStatx
{
    // newfstatat knows only these flags.
    private const int Flags = fcntl.AT_SYMLINK_NOFOLLOW | fcntl.AT_EMPTY_PATH;

    // More than struct stat has on any architecture.
    private const int Size = 256;

    /// <summary>Whether an error of statx means that newfstatat should be used.</summary>
    /// <param name="error">An errno value.</param>
    public static bool IsFor(int error) => error is errno.EPERM or errno.ENOSYS;

    /// <returns>0, or −errno.</returns>
    public static int Of(int directory, ReadOnlySpan<byte> path, int flags, ref statx result)
    {
        Span<byte> stat = stackalloc byte[Size];
        fixed (byte* p = path, s = stat)
        {
            if (libc.syscall(SYS_newfstatat, directory, (nint)p, (nint)s, flags & Flags, 0) != 0)
            {
                return -Marshal.GetLastPInvokeError();
            }
        }

        ulong device = Long(stat, 0);
        result.stx_dev_major = (uint)((device >> 8 & 0xfff) | (device >> 32 & ~0xffful));
        result.stx_dev_minor = (uint)((device & 0xff) | (device >> 12 & ~0xfful));
        result.stx_ino = Long(stat, 8);
        result.stx_mode = (ushort)Word(stat, st_mode);
        result.stx_nlink = Word(stat, st_nlink);
        result.stx_uid = Word(stat, st_uid);
        result.stx_gid = Word(stat, st_gid);
        result.stx_size = Long(stat, 48);
        result.stx_blocks = Long(stat, 64);
        result.stx_mtime = new() { tv_sec = (long)Long(stat, 88), tv_nsec = Word(stat, 96) };
        result.stx_ctime = new() { tv_sec = (long)Long(stat, 104), tv_nsec = Word(stat, 112) };
        return 0;
    }

    private static ulong Long(ReadOnlySpan<byte> stat, int at) => BinaryPrimitives.ReadUInt64LittleEndian(stat[at..]);

    private static uint Word(ReadOnlySpan<byte> stat, int at) => BinaryPrimitives.ReadUInt32LittleEndian(stat[at..]);
}
