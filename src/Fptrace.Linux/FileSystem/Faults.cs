using Fptrace.Linux.Headers;

namespace Fptrace.Linux.FileSystem;

/// <summary>The last of this thread's questions that failed for a reason which is no answer: it lacked memory or
/// descriptors, or a disk failed.</summary>
/// <remarks>That a file does not exist or may not be opened is what was asked. That we have no descriptor left says
/// nothing of it.</remarks>
internal static class Faults
{
    [ThreadStatic]
    private static int s_last;

    /// <summary>Takes note of a result if it is a fault.</summary>
    /// <param name="result">What a call of ours returned, or −errno.</param>
    /// <returns>The same.</returns>
    public static int Note(int result)
    {
        if (result is -errno.EPERM or -errno.EINTR or -errno.EIO or -errno.EAGAIN or -errno.ENOMEM or -errno.ENFILE
            or -errno.EMFILE)
        {
            s_last = -result;
        }

        return result;
    }

    /// <summary>The same for what we must be able to see: the links in a tracee's directory of /proc, whose texts end
    /// at 4,095 bytes.</summary>
    public static int NoteDenied(int result)
    {
        if (result is -errno.EACCES or -errno.ENAMETOOLONG)
        {
            s_last = -result;
        }

        return Note(result);
    }

    /// <summary>What we were denied the tracee is denied too: it asked about another process.</summary>
    public static void ForgetDenied()
    {
        if (s_last == errno.EACCES)
        {
            s_last = 0;
        }
    }

    /// <summary>The errno since the last time, and begins anew; 0 for none.</summary>
    public static int Take()
    {
        int last = s_last;
        s_last = 0;
        return last;
    }
}
