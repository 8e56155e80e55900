using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>chmod, chown, utime, setxattr and their kin.</summary>
/// <param name="path">Position of the path; −1: the call is about a descriptor.</param>
/// <param name="at">Position of that descriptor, or of the one that the path is relative to.</param>
/// <param name="flags">Position of the AT_ flags.</param>
/// <param name="implied">AT_ flags that the call implies, as lchown implies AT_SYMLINK_NOFOLLOW.</param>
internal class AttributesCall(int path = -1, int at = -1, int flags = -1, int implied = 0) : Call
{
    private const uint Bit = 1u << (int)AccessKind.Attributes;

    public override string Title => "Attributes";

    public override PathPositions? Paths => new(path);

    /// <summary>Position of the descriptor.</summary>
    protected int At => at;

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.Files ? Trap.Stop : null;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        // A null or empty path means the file of the descriptor itself (utimensat(2), AT_EMPTY_PATH).
        bool found = path >= 0
            ? context.TryResolve(tracee, call, at, path, fcntl.AT_EMPTY_PATH)
            : context.Paths.Descriptor(tracee.Tid, call.Int(at), context.Path);
        FinalLink follow = path < 0 || ((call.Int(flags) | implied) & fcntl.AT_SYMLINK_NOFOLLOW) == 0
            ? FinalLink.Follow
            : FinalLink.Keep;
        if (!found || context.Knows(tracee, context.Path, Bit, follow) || context.Path.IsDeleted)
        {
            return EntryAnswer.Go;
        }

        context.Path.Stat(follow, out FileStamp before);
        context.Announce(context.Path, before, AccessKind.Attributes);
        return CallContext.Want(tracee, new Pending { Path = new ByteString(context.Path.Name), Before = before });
    }

    private sealed class Pending : PendingName
    {
        public override bool ChangesWays =>
            Before.Type is not (FileType.Regular or FileType.Fifo or FileType.Socket);

        public override bool? HasComeTrue() => Before.Exists;

        protected override void Succeeded(CallContext context, Tracee tracee, long result) =>
            context.Recorder.Record(tracee.Execution, AccessKind.Attributes, Path.Span, Before.Type, Before);
    }
}
