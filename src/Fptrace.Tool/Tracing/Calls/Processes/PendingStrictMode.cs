using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Fptrace.Model;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>A request for seccomp's strict mode, which the kernel refuses to a thread that has a filter.</summary>
internal sealed class PendingStrictMode : PendingCall
{
    protected override void Failed(CallContext context, Tracee tracee, long error)
    {
        if (context.Engine != EngineKind.Syscall && error == -errno.EINVAL && !OwnProcess.IsUnderSeccomp)
        {
            context.Recorder.AddReason(
                IncompleteReason.InnerFilter,
                tracee.Tgid,
                "it asked for seccomp's strict mode, and is under fptrace's filter already: the kernel refused; "
                    + "--engine syscall lets it have it");
        }
    }
}
