using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;

namespace Fptrace.Linux.FileSystem;

/// <summary>What the change time (ctime) of a file tells. That depends on the file system.</summary>
/// <remarks>All times are in nanoseconds since 1970, all paths end with a NUL.</remarks>
internal static unsafe class ChangeTimes
{
    /// <summary>How much later than the file itself a rename may change the directory, by the tick of the clock and a
    /// wait for the journal.</summary>
    public const long WithinRename = 20_000_000;

    // A call may set two times of one file, and wait for the disk in between.
    private const long WithinCall = 1_000_000_000;

    // struct statfs of the 64-bit machines.
    private const int SizeOfStatfs = 120;

    /// <summary>Whether change times there come from this machine's clock.</summary>
    public static bool AreOurs(ReadOnlySpan<byte> path) =>
        Type(path) is var type && (type == magic.OVERLAYFS_SUPER_MAGIC || Lag(type) is not null);

    /// <summary>
    /// How far the change time of a directory may lie behind its modification time when names in it have changed, and
    /// nothing else did. null where that is not known.
    /// </summary>
    /// <remarks>
    /// Linux 6.18. Most set both to one value. xfs sets the change time once more when the number of directories in it
    /// changes (xfs_bumplink, xfs_droplink). overlay is not among them: it copies a directory to the upper layer, which
    /// sets the change time alone. ext2 and ext3 have the number of ext4.
    /// </remarks>
    public static long? Lag(ReadOnlySpan<byte> directory) => Lag(Type(directory));

    private static long? Lag(uint type) => type switch
    {
        magic.EXT4_SUPER_MAGIC or magic.BTRFS_SUPER_MAGIC or magic.TMPFS_MAGIC or magic.F2FS_SUPER_MAGIC => 0,
        magic.XFS_SUPER_MAGIC => WithinCall,
        _ => null,
    };

    private static uint Type(ReadOnlySpan<byte> path)
    {
        byte* result = stackalloc byte[SizeOfStatfs];
        return libc.statfs(in path[0], result) == 0 ? *(uint*)result : 0;
    }
}
