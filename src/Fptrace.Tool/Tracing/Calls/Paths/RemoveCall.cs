using Fptrace.Keeping;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>unlink, rmdir and unlinkat. Under -u what they remove is kept first.</summary>
internal sealed class RemoveCall(int path, int at = -1, int flags = -1, int implied = 0) : Call
{
    public override string Title => "Remove: a name";

    public override PathPositions? Paths => new(path);

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) =>
        plan.Removals || plan.Undelete is not null ? Trap.Stop : null;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        if (!context.TryResolve(tracee, call, at, path))
        {
            return Undeletion.WithoutName(context) is < 0 and var denied
                ? PendingAnswer.Give(tracee, denied)
                : EntryAnswer.Go;
        }

        bool isDirectory = ((call.Int(flags) | implied) & fcntl.AT_REMOVEDIR) != 0;
        context.Path.Stat(FinalLink.Keep, out FileStamp before);
        KeptFile? kept = null;
        int refused = before.Exists && isDirectory == (before.Type == FileType.Directory)
            ? Undeletion.KeepName(context, tracee, context.Path, out kept)
            : 0;
        if (refused < 0)
        {
            return PendingAnswer.Give(tracee, refused);
        }

        context.Announce(context.Path, before, AccessKind.Delete);
        return CallContext.Want(tracee,
            new Pending { Path = new ByteString(context.Path.Name), Before = before, Kept = kept });
    }

    private sealed class Pending : PendingName
    {
        public override bool ChangesWays =>
            Before.Type is not (FileType.Regular or FileType.Fifo or FileType.Socket or FileType.None);

        public override ByteString Lost => Before.Type == FileType.Regular ? Path : default;

        public override bool? HasComeTrue() =>
            !Before.Exists ? false : TryLook(Path, FinalLink.Keep, out FileStamp left)
                ? !Before.IsSameFile(left)
                : null;

        protected override void Succeeded(CallContext context, Tracee tracee, long result) =>
            context.Record(tracee, Change(AccessKind.Delete, Path, default, Before.Type, Before));

        protected override void RecordHindrance(CallContext context, Tracee tracee, long error)
        {
            if (IsFull(error) && Before.Type == FileType.Directory)
            {
                RecordContained(context, tracee, Path);
            }
            else
            {
                RecordAbove(context, tracee, Path);
            }
        }
    }
}
