using Fptrace.Linux.Headers;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>clone: makes a process or a thread.</summary>
/// <remarks>Its flags may hide the child from a tracer, or give it mounts or user ids of its own.</remarks>
internal sealed class CloneCall(int flags) : Call
{
    public override string Title => "Clone: a process or a thread, with flags";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) =>
        Trap.StopIfAnyBit(flags, sched.CLONE_UNTRACED | sched.CLONE_NEWNS | sched.CLONE_NEWUSER);

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        ulong given = call.Argument(flags);
        Note(context, tracee, given);
        return (given & sched.CLONE_UNTRACED) != 0 ? EntryAnswer.StripUntraced : EntryAnswer.Go;
    }

    public static void Note(CallContext context, Tracee tracee, ulong flags)
    {
        tracee.Call.CloneFlags = (uint)flags;
        if ((flags & sched.CLONE_NEWNS) != 0)
        {
            context.Names.Hosts.Entered();
        }
    }
}
