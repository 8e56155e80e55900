using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fptrace.Linux.Posix;

/// <summary>newfstatat(2) in place of statx(2), which container runtimes deny that are older than it (EPERM).</summary>
internal static class StatWithoutStatx
{
    // struct stat of asm/stat.h has 144 bytes on x86-64 and 128 in the generic form.
    private const int Size = 256;
    private static readonly bool s_x64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>For what statx answered.</summary>
    /// <param name="error">An errno value.</param>
    public static bool IsFor(int error) => error is libc.EPERM or libc.ENOSYS;

    /// <returns>0, or −1 with errno.</returns>
    public static int Of(int directory, ref readonly byte path, int flags, ref statx result)
    {
        Span<byte> stat = stackalloc byte[Size];
        if (libc.newfstatat(s_x64 ? 262 : 79, directory, in path, ref MemoryMarshal.GetReference(stat), flags) != 0)
        {
            return -1;
        }

        ulong device = Long(stat, 0);
        result.stx_dev_major = (uint)((device >> 8 & 0xfff) | (device >> 32 & ~0xffful));
        result.stx_dev_minor = (uint)((device & 0xff) | (device >> 12 & ~0xfful));
        result.stx_ino = Long(stat, 8);
        result.stx_mode = (ushort)Word(stat, s_x64 ? 24 : 16);
        result.stx_nlink = s_x64 ? (uint)Long(stat, 16) : Word(stat, 20);
        result.stx_uid = Word(stat, s_x64 ? 28 : 24);
        result.stx_gid = Word(stat, s_x64 ? 32 : 28);
        result.stx_size = Long(stat, 48);
        result.stx_blocks = Long(stat, 64);
        result.stx_mtime_sec = (long)Long(stat, 88);
        result.stx_mtime_nsec = Word(stat, 96);
        result.stx_ctime_sec = (long)Long(stat, 104);
        result.stx_ctime_nsec = Word(stat, 112);
        return 0;
    }

    private static ulong Long(ReadOnlySpan<byte> stat, int at) => BinaryPrimitives.ReadUInt64LittleEndian(stat[at..]);

    private static uint Word(ReadOnlySpan<byte> stat, int at) => BinaryPrimitives.ReadUInt32LittleEndian(stat[at..]);
}
