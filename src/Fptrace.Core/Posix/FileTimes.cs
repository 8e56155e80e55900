namespace Fptrace.Posix;

/// <summary>
/// The fields that the kernel changes whenever it changes a file. Equal values mean equal content and mode.
/// </summary>
/// <param name="ModifiedNs">mtime, nanoseconds since 1970.</param>
/// <param name="ChangedNs">ctime, nanoseconds since 1970. No program can set it back.</param>
/// <param name="Inode">Inode number.</param>
public readonly record struct FileTimes(long ModifiedNs, long ChangedNs, ulong Inode)
{
    /// <summary>Whether nothing is known, so that the content must be read.</summary>
    public bool IsEmpty => Inode == 0;
}
