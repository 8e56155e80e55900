using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>stat, access, readlink and their kin: calls that ask about a path and change nothing.</summary>
/// <remarks>They find out whether something exists there, and our own lookup tells the same.</remarks>
/// <param name="path">Position of the path.</param>
/// <param name="at">Position of the descriptor that it is relative to.</param>
/// <param name="flags">Position of the flags.</param>
/// <param name="implied">Flags that the call has without being given them.</param>
/// <param name="noFollow">The flag that means the link itself, for a link at the end of the path.</param>
/// <param name="readsLink">Whether the call asks where such a link leads. A program that is about to remove a name does
/// not ask so.</param>
internal sealed class ProbeCall(
    int path, int at = -1, int flags = -1, int implied = 0, int noFollow = fcntl.AT_SYMLINK_NOFOLLOW,
    bool readsLink = false) : Call
{
    public override string Title => "Probe: a path is looked up, nothing changes";

    public override PathPositions? Paths => new(path);

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.Probes ? Trap.Notify : null;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        FinalLink follow = ((call.Int(flags) | implied) & noFollow) == 0 && !readsLink
            ? FinalLink.Follow
            : FinalLink.Keep;
        if (!context.TryResolve(tracee, call, at, path))
        {
            context.IsProbeKnown = context.Paths.IsGivenEmpty;
            return EntryAnswer.Go;
        }

        int result = 0;
        if (!context.Knows(tracee, context.Path, CallContext.ExistenceBits, follow) && !context.Path.IsDeleted)
        {
            result = context.RecordProbe(
                tracee, context.Path, follow, asksForName: follow == FinalLink.Keep && !readsLink);
        }

        context.IsProbeAbsent = result == -errno.ENOENT;
        context.IsProbeKnown = context.Plan.Fast is not null && !context.Path.IsDeleted
            && (context.IsProbeAbsent || context.Knows(tracee, context.Path, CallContext.ExistenceBits));
        return EntryAnswer.Go;
    }
}
