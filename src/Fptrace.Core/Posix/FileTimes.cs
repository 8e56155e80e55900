namespace Fptrace.Posix;

/// <summary>What the kernel changes whenever it changes a file: equal stamps mean equal content and mode.</summary>
/// <param name="ModifiedNs">mtime, nanoseconds since 1970.</param>
/// <param name="ChangedNs">ctime, nanoseconds since 1970: no program can set it back.</param>
/// <param name="Inode">Inode number.</param>
public readonly record struct FileTimes(long ModifiedNs, long ChangedNs, ulong Inode)
{
    /// <summary>Nothing is known: the content must be read.</summary>
    public bool IsEmpty => Inode == 0;
}
