using Fptrace.Linux.Headers;

namespace Fptrace.Linux.FileSystem;

/// <summary>
/// The last fault of this thread: a call that failed for want of memory or descriptors, or by a disk error.
/// </summary>
/// <remarks>
/// That a file does not exist, or may not be opened, is an answer. A fault is none: it tells nothing of the file.
/// </remarks>
internal static class Faults
{
    [ThreadStatic]
    private static int s_last;

    /// <summary>Records a result if it is a fault.</summary>
    /// <param name="result">The result of a call, or −errno.</param>
    /// <returns>The result, unchanged.</returns>
    public static int Note(int result)
    {
        if (result is -errno.EPERM or -errno.EINTR or -errno.EIO or -errno.EAGAIN or -errno.ENOMEM or -errno.ENFILE
            or -errno.EMFILE)
        {
            s_last = -result;
        }

        return result;
    }

    /// <summary>
    /// As <see cref="Note"/>, for links that we must be able to read: those in a tracee's directory of /proc.
    /// </summary>
    /// <remarks>There, a denial and a text that is too long (over 4,095 bytes) are faults, too.</remarks>
    public static int NoteDenied(int result)
    {
        if (result is -errno.EACCES or -errno.ENAMETOOLONG)
        {
            s_last = -result;
        }

        return Note(result);
    }

    /// <summary>
    /// Drops a denial that is no fault: the tracee asked about another process, and is denied the same.
    /// </summary>
    public static void ForgetDenied()
    {
        if (s_last == errno.EACCES)
        {
            s_last = 0;
        }
    }

    /// <summary>Returns the errno of the last fault and resets it; 0 for none.</summary>
    public static int Take()
    {
        int last = s_last;
        s_last = 0;
        return last;
    }
}
