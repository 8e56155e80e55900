namespace Fptrace.Linux.Headers;

/// <summary>linux/mount.h: flags of mount, open_tree and fspick.</summary>
internal static class mount
{
    public const int MS_REMOUNT = 32;
    public const int MS_BIND = 1 << 12;
    public const int MS_MOVE = 1 << 13;
    public const int MS_UNBINDABLE = 1 << 17;
    public const int MS_PRIVATE = 1 << 18;
    public const int MS_SLAVE = 1 << 19;
    public const int MS_SHARED = 1 << 20;
    public const int OPEN_TREE_CLONE = 1;
    public const int FSPICK_SYMLINK_NOFOLLOW = 2;
}
