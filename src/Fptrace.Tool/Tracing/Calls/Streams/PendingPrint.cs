using Fptrace.Linux.Headers;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Streams;

/// <summary>A write to a file that the command has as its stdout or stderr. What was written is counted.</summary>
/// <param name="stream">0 for stdout, 1 for stderr: <c>PrintWatch.StreamOf</c>.</param>
/// <param name="isTransfer">Whether the call moves bytes between files, as sendfile does. It refuses some files that
/// write(2) takes, and then the caller writes instead.</param>
internal sealed class PendingPrint(int stream, bool isTransfer = false) : PendingCall
{
    protected override void Succeeded(CallContext context, Tracee tracee, long result) =>
        context.Plan.Prints!.Add(stream, result);

    protected override void Failed(CallContext context, Tracee tracee, long error)
    {
        // For a file that is open for appending, copy_file_range(2) says EBADF, sendfile(2) and splice(2) say EINVAL.
        if (!isTransfer || error is not (-errno.EBADF or -errno.EINVAL or -errno.EXDEV or -errno.EOPNOTSUPP))
        {
            context.Plan.Prints!.AddFault(stream, "it could not write there");
        }
    }
}
