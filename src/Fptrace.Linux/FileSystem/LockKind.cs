namespace Fptrace.Linux.FileSystem;

/// <summary>How a lock file is held (flock(2)).</summary>
internal enum LockKind
{
    /// <summary>Others may share the lock.</summary>
    Shared,

    /// <summary>Nobody else may hold the lock.</summary>
    Exclusive,
}
