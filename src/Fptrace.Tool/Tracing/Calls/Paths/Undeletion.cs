using Fptrace.Keeping;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>What <c>-u</c> does at the entry of a call that removes a name or replaces a content: it keeps that, or
/// refuses the call.</summary>
internal static class Undeletion
{
    /// <summary>Keeps a name that the call removes.</summary>
    /// <returns>0, or −errno for the call.</returns>
    public static int KeepName(CallContext context, Tracee tracee, ResolvedPath path, out KeptFile? kept) =>
        Keep(context, tracee, path, FinalLink.Keep, KeepMethod.Name, out kept);

    /// <summary>Keeps a content that the call throws away.</summary>
    /// <returns>0, or −errno for the call.</returns>
    public static int KeepContent(CallContext context, Tracee tracee, ResolvedPath path, in FileStamp before,
        out KeptFile? kept)
    {
        kept = null;

        // What the kernel makes up there is nobody's content.
        return before.Type != FileType.Regular || before.Size == 0
            || path.Name.StartsWith("/proc/"u8) || path.Name.StartsWith("/sys/"u8)
            ? 0
            : Keep(context, tracee, path, FinalLink.Follow, KeepMethod.Copy, out kept);
    }

    /// <summary>What cannot be looked up cannot be kept.</summary>
    /// <returns>0, or −errno for the call.</returns>
    public static int WithoutName(CallContext context)
    {
        // Otherwise the kernel finds nothing either: the pointer or the descriptor is wrong.
        if (context.Plan.Undelete is not { } keeper || !context.Memory.IsDenied)
        {
            return 0;
        }

        keeper.NoteRefusal(new ByteString("a name of a process whose memory cannot be read"u8), -errno.EPERM);
        return -errno.EPERM;
    }

    private static int Keep(CallContext context, Tracee tracee, ResolvedPath path, FinalLink follow,
        KeepMethod method, out KeptFile? kept)
    {
        kept = null;
        if (context.Plan.Undelete is not { } keeper)
        {
            return 0;
        }

        int result = -errno.EPERM;
        if (!keeper.IsOwn(path.Name))
        {
            int file = path.OpenItself(follow);
            if (file is -errno.ENOENT or -errno.ENOTDIR or -errno.ENAMETOOLONG
                || (file == -errno.EACCES && !tracee.HasOwnCredentials))
            {
                // The kernel gives the same answer.
                return 0;
            }

            result = file < 0 ? file : Refusal(keeper.Keep(file, new ByteString(path.Name), method, out kept));
            FilesAt.Close(file);
        }

        if (result < 0)
        {
            keeper.NoteRefusal(new ByteString(path.Name), result);
        }

        return result;
    }

    /// <summary>What is missing is the keep directory. The command must not take it for its own file: rm -f takes
    /// that for success.</summary>
    private static int Refusal(int result) =>
        result is -errno.ENOENT or -errno.ENOTDIR or -errno.EEXIST ? -errno.EIO : result;
}
