using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>link and linkat: they give a file one more name.</summary>
internal sealed class LinkCall(int path, int path2, int at = -1, int at2 = -1, int flags = -1) : Call
{
    public override string Title => "Link";

    public override PathPositions? Paths => new(path, path2);

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.Files ? Trap.Stop : null;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        int given = call.Int(flags);
        if (!context.TryResolve(tracee, call, at, path, given) || !context.TryResolve2(tracee, call, at2, path2))
        {
            return EntryAnswer.Go;
        }

        context.Path.Stat(
            (given & (fcntl.AT_EMPTY_PATH | fcntl.AT_SYMLINK_FOLLOW)) != 0 ? FinalLink.Follow : FinalLink.Keep,
            out FileStamp before);
        return CallContext.Want(tracee, new Pending
        {
            Path = context.Path.IsDeleted ? default : new ByteString(context.Path.Name),
            Path2 = new ByteString(context.Path2.Name),
            Before = before,
            Before2 = context.InTheWay(context.Path2),
        });
    }

    private sealed class Pending : PendingNames
    {
        public override bool ChangesWays => Before.Type != FileType.Regular;

        public override bool? HasComeTrue() =>
            !Before.Exists || Before2.Exists ? false : TryLook(Path2, FinalLink.Keep, out FileStamp linked)
                ? Before.IsSameFile(linked)
                : null;

        protected override void Succeeded(CallContext context, Tracee tracee, long result)
        {
            if (Path.IsEmpty)
            {
                // linkat gave a file from O_TMPFILE its first name. For the trace, that creates the file.
                context.Record(tracee, CallContext.Made(Path2, Before.Type));
                return;
            }

            if (Before.Type == FileType.Symlink)
            {
                context.Names.OwnLinks.Forget();
            }

            context.Record(
                tracee,
                Change(AccessKind.LinkFrom, Path, Path2, Before.Type, Before),
                Change(AccessKind.LinkTo, Path2, Path, Before.Type, default) with { IsExclusive = true });
        }
    }
}
