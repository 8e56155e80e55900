namespace Fptrace.Linux.Headers;

/// <summary>linux/magic.h: the types of file systems, as statfs(2) tells them.</summary>
internal static class magic
{
    public const uint BTRFS_SUPER_MAGIC = 0x9123683e;
    public const uint EXT4_SUPER_MAGIC = 0xef53;
    public const uint F2FS_SUPER_MAGIC = 0xf2f52010;
    public const uint OVERLAYFS_SUPER_MAGIC = 0x794c7630;
    public const uint TMPFS_MAGIC = 0x01021994;
    public const uint XFS_SUPER_MAGIC = 0x58465342;
}
