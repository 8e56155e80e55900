using System.Buffers.Binary;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using LibC = Tmds.Linux.LibC;

namespace Fptrace.Linux.Descriptors;

/// <summary>Rights to a file, and those that a program's file gives to whoever runs it, apart from its mode.</summary>
internal static unsafe class FileRights
{
    private const int ST_NOSUID = 2;

    // struct statfs of the 64-bit machines: f_flags and all of it.
    private const int OffsetOfFlags = 80;
    private const int SizeOfStatfs = 120;

    // linux/capability.h: struct vfs_cap_data, in which the lower halves stand first.
    private const uint VFS_CAP_REVISION_MASK = 0xff000000;
    private const uint VFS_CAP_REVISION_2 = 0x02000000;

    /// <summary>faccessat(2) with the effective ids: a question about the command's files.</summary>
    /// <returns>0, or −errno.</returns>
    public static int Access(int directory, ReadOnlySpan<byte> path, int mode)
    {
        fixed (byte* p = path)
        {
            return Faults.Note(LibC.faccessat(directory, p, mode, fcntl.AT_EACCESS) == 0 ? 0 : -LibC.errno);
        }
    }

    /// <summary>Whether the mount on which a file stands takes its rights away.</summary>
    /// <param name="path">Ends with a NUL.</param>
    public static bool IsOnNosuid(ReadOnlySpan<byte> path)
    {
        byte* result = stackalloc byte[SizeOfStatfs];
        return libc.statfs(in path[0], result) == 0 && (*(ulong*)(result + OffsetOfFlags) & ST_NOSUID) != 0;
    }

    /// <summary>The capabilities that a file gives, and those that it leaves to who has them to inherit; 0 for
    /// none.</summary>
    /// <param name="path">Ends with a NUL.</param>
    /// <param name="inheritable">The latter.</param>
    /// <returns>The former.</returns>
    public static ulong Capabilities(ReadOnlySpan<byte> path, out ulong inheritable)
    {
        Span<byte> data = stackalloc byte[24];
        nint length = libc.getxattr(in path[0], in "security.capability\0"u8[0], ref data[0], data.Length);

        // The kernel shows as revision 3 what holds in another user namespace than ours (capabilities(7)).
        inheritable = 0;
        if (length < 20
            || (BinaryPrimitives.ReadUInt32LittleEndian(data) & VFS_CAP_REVISION_MASK) != VFS_CAP_REVISION_2)
        {
            return 0;
        }

        inheritable = Both(data[8..]);
        return Both(data[4..]);
    }

    private static ulong Both(ReadOnlySpan<byte> data) =>
        BinaryPrimitives.ReadUInt32LittleEndian(data)
            | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(data[8..]) << 32);
}
