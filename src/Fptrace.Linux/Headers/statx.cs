using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>struct statx (linux/stat.h), the same on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct statx
{
    public const uint STATX_BASIC_STATS = 0x7ff;
    public const ulong STATX_ATTR_IMMUTABLE = 0x10;
    public const ulong STATX_ATTR_APPEND = 0x20;

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

    [FieldOffset(0x40)]
    public statx_timestamp stx_atime;

    [FieldOffset(0x60)]
    public statx_timestamp stx_ctime;

    [FieldOffset(0x70)]
    public statx_timestamp stx_mtime;

    [FieldOffset(0x80)]
    public uint stx_rdev_major;

    [FieldOffset(0x84)]
    public uint stx_rdev_minor;

    [FieldOffset(0x88)]
    public uint stx_dev_major;

    [FieldOffset(0x8c)]
    public uint stx_dev_minor;
}
