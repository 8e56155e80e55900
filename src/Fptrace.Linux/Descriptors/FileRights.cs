using System.Buffers.Binary;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using LibC = Tmds.Linux.LibC;

namespace Fptrace.Linux.Descriptors;

/// <summary>Rights to files, and rights that a program's file gives to those who run it, apart from its mode.</summary>
internal static unsafe class FileRights
{
    private const int ST_NOSUID = 2;

    // struct statfs of the 64-bit machines: f_flags and all of it.
    private const int OffsetOfFlags = 80;
    private const int SizeOfStatfs = 120;

    // linux/capability.h: struct vfs_cap_data, in which the lower halves stand first.
    private const uint VFS_CAP_REVISION_MASK = 0xff000000;
    private const uint VFS_CAP_REVISION_2 = 0x02000000;

    /// <summary>Checks access to a file of the command with the effective IDs (faccessat(2), AT_EACCESS).</summary>
    /// <returns>0, or −errno.</returns>
    public static int Access(int directory, ReadOnlySpan<byte> path, int mode)
    {
        fixed (byte* p = path)
        {
            return Faults.Note(LibC.faccessat(directory, p, mode, fcntl.AT_EACCESS) == 0 ? 0 : -LibC.errno);
        }
    }

    /// <summary>Whether a file is on a nosuid mount, so that its rights have no effect.</summary>
    /// <param name="path">Ends with a NUL.</param>
    public static bool IsOnNosuid(ReadOnlySpan<byte> path)
    {
        byte* result = stackalloc byte[SizeOfStatfs];
        return libc.statfs(in path[0], result) == 0 && (*(ulong*)(result + OffsetOfFlags) & ST_NOSUID) != 0;
    }

    /// <summary>The capabilities of a program's file; 0 for none (capabilities(7)).</summary>
    /// <param name="path">Ends with a NUL.</param>
    /// <param name="inheritable">The inheritable set: a thread gets these if it has them in its own inheritable
    /// set.</param>
    /// <returns>The permitted set: a thread gets these within its bounding set.</returns>
    public static ulong Capabilities(ReadOnlySpan<byte> path, out ulong inheritable)
    {
        Span<byte> data = stackalloc byte[24];
        nint length = libc.getxattr(in path[0], in "security.capability\0"u8[0], ref data[0], data.Length);

        // Revision 3 marks capabilities that hold in another user namespace than ours.
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
