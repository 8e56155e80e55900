using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>clone3: like clone, with its flags in memory, at the start of <c>struct clone_args</c>.</summary>
internal sealed class Clone3Call(int arguments) : Call
{
    public override string Title => "Clone: a process or a thread, with flags in memory";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => Trap.Stop;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        ulong address = call.Argument(arguments);
        if (!context.Memory.TryReadNumber(address, 8, out ulong flags))
        {
            return EntryAnswer.Go;
        }

        CloneCall.Note(context, tracee, flags);
        if ((flags & sched.CLONE_UNTRACED) != 0
            && !context.Memory.TryWrite(address, BitConverter.GetBytes(flags & ~(ulong)sched.CLONE_UNTRACED)))
        {
            context.Recorder.AddReason(
                IncompleteReason.UntracedChild, tracee.Tgid,
                "clone3 with CLONE_UNTRACED in memory that cannot be written");
        }

        return (flags & (sched.CLONE_NEWNS | sched.CLONE_NEWUSER)) == 0 ? EntryAnswer.GoNamesKept : EntryAnswer.Go;
    }
}
