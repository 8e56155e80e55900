namespace Fptrace.Linux.FileSystem;

/// <summary>How a lock file is held (flock(2)).</summary>
internal enum LockKind
{
    /// <summary>Together with others that share it.</summary>
    Shared,

    /// <summary>Alone.</summary>
    Exclusive,
}
