using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>umount: harmless for what the command mounted on an empty directory.</summary>
/// <param name="other">Handles any other umount.</param>
/// <param name="flags">The position of the MNT_ flags.</param>
internal sealed class UnmountCall(MountCall other, int flags = -1) : Call
{
    private const int Path = 0;

    public override string Title => other.Title;

    public override PathPositions? Paths => new(Path);

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => Trap.Stop;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        // With MNT_DETACH somebody may use it still, and his files have no names then.
        if (call.Int(flags) != 0
            || context.Names.Hosts.IsForeign(tracee.Tid)
            || !context.TryResolve(tracee, call, at: -1, Path)
            || new ByteString(context.Path.Name) is var point && !context.Names.NewMounts.Has(point))
        {
            return other.Enter(context, tracee, call, exit);
        }

        return CallContext.Want(tracee, new Pending(point));
    }

    private sealed class Pending(ByteString point) : PendingCall
    {
        public override bool ChangesNames => true;

        // The directory is as empty as before the mount, and what stood there meanwhile is gone.
        protected override void Succeeded(CallContext context, Tracee tracee, long result)
        {
            context.Names.Hosts.Changed();
            context.Names.NewMounts.Remove(point);
            context.Recorder.ForgetBelow(point);
        }
    }
}
