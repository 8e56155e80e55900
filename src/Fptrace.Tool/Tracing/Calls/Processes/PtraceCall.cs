using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;
using static Fptrace.Linux.Headers.ptrace;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>ptrace: a thread can have only one tracer, and for the command that is us.</summary>
internal sealed class PtraceCall(int request, int pid) : Call
{
    public override string Title => "Ptrace: another tracer";

    /// <summary>Stops the requests that would make somebody else the tracer.</summary>
    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => new(
        TrapAction.Let,
        [.. new[] { PTRACE_TRACEME, PTRACE_ATTACH, PTRACE_SEIZE }.Select(
            value => new TrapTest(request, TrapComparison.Equal, (uint)value, TrapAction.Notify))]);

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        bool asksToBeTraced = call.Int(request) == PTRACE_TRACEME;
        int whom = call.Int(pid);
        if (!asksToBeTraced && OwnNumbers.MeanUs(tracee.Tid, whom))
        {
            // A tracee that stopped us would wait for us in turn, for ever.
            context.Recorder.AddReason(IncompleteReason.InnerTracer, tracee.Tgid,
                "it asked to trace fptrace, which was refused");
            return PendingAnswer.Give(tracee, -errno.EPERM);
        }

        if (asksToBeTraced || ProcessStatus.Of(whom).TracerId != 0)
        {
            string detail = asksToBeTraced ? "it asked to be traced" : $"it asked to trace process {whom}";
            context.Recorder.AddReason(
                IncompleteReason.InnerTracer, tracee.Tgid,
                detail + ", which is traced by fptrace already: the kernel refused");
        }

        return EntryAnswer.Go;
    }
}
