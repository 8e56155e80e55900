using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Streams;

/// <summary>close, dup2 and their kin: what is remembered of a standard stream no longer holds.</summary>
internal sealed class ReplaceDescriptorCall(int fd) : Call
{
    public override string Title => "Descriptors 0 to 2 replaced or closed";

    public override bool KeepsNames => true;

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.Stdio ? StreamUses.TrapOf(fd) : null;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        // close_range closes the descriptors above it, too. For the other calls forgetting those does no harm.
        for (int descriptor = call.Int(fd); descriptor is >= 0 and <= 2; descriptor++)
        {
            tracee.Streams.Forget(descriptor);
            tracee.Fast.Memory?.ForgetStream(descriptor);
        }

        return EntryAnswer.Go;
    }
}
