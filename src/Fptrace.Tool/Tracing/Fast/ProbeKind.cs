namespace Fptrace.Tracing.Fast;

/// <summary>Which file a known path means, as the flags of newfstatat say it, and what was done with it.</summary>
internal enum ProbeKind
{
    /// <summary>The one that a link at its end leads to.</summary>
    Followed = 0,

    /// <summary>The same, and it was opened for reading.</summary>
    Opened = 1,

    /// <summary>The link itself, and it was asked where that leads.</summary>
    LinkRead = 2,

    /// <summary>The link itself: AT_SYMLINK_NOFOLLOW.</summary>
    Kept = 0x100,
}
