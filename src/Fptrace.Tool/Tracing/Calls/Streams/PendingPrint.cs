using Fptrace.Linux.Headers;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Streams;

/// <summary>A write to a stdout or stderr of which the command has the file itself: what came through is counted.</summary>
/// <param name="stream">1 or 2.</param>
/// <param name="isTransfer">
/// The call moves bytes from file to file, and refuses some files that write(2) takes: then whoever makes it writes instead.
/// </param>
internal sealed class PendingPrint(int stream, bool isTransfer = false) : PendingCall
{
    protected override void Succeeded(CallContext context, Tracee tracee, long result) => context.Plan.Prints!.Add(stream, result);

    protected override void Failed(CallContext context, Tracee tracee, long error)
    {
        // Of a file that is open for appending copy_file_range says EBADF, and sendfile and splice EINVAL.
        if (!isTransfer || error is not (-errno.EBADF or -errno.EINVAL or -errno.EXDEV or -errno.EOPNOTSUPP))
        {
            context.Plan.Prints!.AddFault(stream, "it could not write there");
        }
    }
}
