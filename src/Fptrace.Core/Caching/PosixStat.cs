using System.Runtime.InteropServices;
using Fptrace.Model;

namespace Fptrace.Caching;

/// <summary>struct statx (statx(2), Linux 4.11): the fields that are used, at their offsets.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct PosixStat
{
    [FieldOffset(0x14)]
    public readonly uint User;

    [FieldOffset(0x1c)]
    private readonly ushort _mode;

    [FieldOffset(0x20)]
    public readonly ulong Inode;

    [FieldOffset(0x28)]
    private readonly ulong _size;

    [FieldOffset(0x60)]
    private readonly long _changedSeconds;

    [FieldOffset(0x68)]
    private readonly uint _changedNanoseconds;

    [FieldOffset(0x70)]
    private readonly long _modifiedSeconds;

    [FieldOffset(0x78)]
    private readonly uint _modifiedNanoseconds;

    [FieldOffset(0x88)]
    private readonly uint _deviceMajor;

    [FieldOffset(0x8c)]
    private readonly uint _deviceMinor;

    /// <summary>0 to 07777.</summary>
    public uint Mode => _mode & 0xfffu;

    public long Size => (long)_size;

    public long ModifiedNs => (_modifiedSeconds * 1_000_000_000) + _modifiedNanoseconds;

    public long ChangedNs => (_changedSeconds * 1_000_000_000) + _changedNanoseconds;

    public ulong Device => ((ulong)_deviceMajor << 32) | _deviceMinor;

    public FileType Type => (_mode >> 12) switch
    {
        1 => FileType.Fifo,
        2 => FileType.CharacterDevice,
        4 => FileType.Directory,
        6 => FileType.BlockDevice,
        8 => FileType.Regular,
        10 => FileType.Symlink,
        12 => FileType.Socket,
        _ => FileType.None,
    };

    public FileStamp Stamp => new(Type, Mode, Size, ModifiedNs, Inode, Device);
}
