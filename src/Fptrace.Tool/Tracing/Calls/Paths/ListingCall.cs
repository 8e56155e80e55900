using Fptrace.Linux.FileSystem;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>getdents and its kin: the names in a directory.</summary>
internal sealed class ListingCall(int fd) : Call
{
    public override string Title => "Listing: the names in a directory";

    public override PathPositions? Paths => PathPositions.None;

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.Probes ? Trap.Notify : null;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        int descriptor = call.Int(fd);
        if (context.Paths.Descriptor(tracee.Tid, descriptor, context.Path)
            && !context.Path.IsDeleted
            && !context.Knows(tracee, context.Path, Recorder.Bit(AccessKind.Listing)))
        {
            context.Path.Stat(FinalLink.Follow, out FileStamp stamp);
            if (stamp.Type == FileType.Directory && DescriptorInfo.IsOpenFor(tracee.Tid, descriptor, Direction.Read))
            {
                context.Recorder.Record(tracee.Execution, AccessKind.Listing, context.Path.Name, stamp.Type, stamp);
            }
        }

        return EntryAnswer.Go;
    }
}
