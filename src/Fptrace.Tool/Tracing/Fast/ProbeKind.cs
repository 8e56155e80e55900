namespace Fptrace.Tracing.Fast;

/// <summary>Which file a known path means, as the flags of newfstatat say it.</summary>
internal enum ProbeKind
{
    /// <summary>The one that a link at its end leads to.</summary>
    Followed = 0,

    /// <summary>The link itself: AT_SYMLINK_NOFOLLOW.</summary>
    Kept = 0x100,
}
