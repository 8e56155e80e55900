namespace Fptrace.Tracing.Fast;

/// <summary>Where a call that can be known has what it is known by.</summary>
internal enum SiteKind
{
    /// <summary>read and write: a descriptor in the first argument.</summary>
    Stream,

    /// <summary>access, stat and statfs: a path in the first argument, whose link is followed.</summary>
    FirstPathFollowed,

    /// <summary>lstat: a path in the first argument, whose link is meant itself.</summary>
    FirstPathKept,

    /// <summary>readlink: a path in the first argument, where its link leads.</summary>
    FirstPathRead,

    /// <summary>readlinkat: a path in the second argument, where its link leads.</summary>
    SecondPathRead,

    /// <summary>newfstatat: a path in the second argument, flags in the fourth.</summary>
    SecondPathAndFlags,

    /// <summary>openat: a path in the second argument, whose link is followed, flags in the third.</summary>
    SecondPathOpened,
}
