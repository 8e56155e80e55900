using System.Runtime.InteropServices;

namespace Fptrace.Linux.Posix;

/// <summary>struct statx of linux/stat.h, the same on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct statx
{
    [FieldOffset(0x8)]
    public ulong stx_attributes;

    [FieldOffset(0x10)]
    public uint stx_nlink;

    [FieldOffset(0x14)]
    public uint stx_uid;

    [FieldOffset(0x18)]
    public uint stx_gid;

    [FieldOffset(0x1c)]
    public ushort stx_mode;

    [FieldOffset(0x20)]
    public ulong stx_ino;

    [FieldOffset(0x28)]
    public ulong stx_size;

    [FieldOffset(0x30)]
    public ulong stx_blocks;

    [FieldOffset(0x60)]
    public long stx_ctime_sec;

    [FieldOffset(0x68)]
    public uint stx_ctime_nsec;

    [FieldOffset(0x70)]
    public long stx_mtime_sec;

    [FieldOffset(0x78)]
    public uint stx_mtime_nsec;

    [FieldOffset(0x88)]
    public uint stx_dev_major;

    [FieldOffset(0x8c)]
    public uint stx_dev_minor;
}
