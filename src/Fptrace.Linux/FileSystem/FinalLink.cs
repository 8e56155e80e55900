namespace Fptrace.Linux.FileSystem;

/// <summary>What a symbolic link at the end of a path means.</summary>
internal enum FinalLink
{
    /// <summary>What it leads to.</summary>
    Follow,

    /// <summary>The link itself (AT_SYMLINK_NOFOLLOW).</summary>
    Keep,
}
