using Fptrace.Keeping;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>rename and its kin.</summary>
internal sealed class RenameCall(int path, int path2, int at = -1, int at2 = -1, int flags = -1) : Call
{
    public override string Title => "Rename";

    public override PathPositions? Paths => new(path, path2);

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.Files ? Trap.Stop : null;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        if (!context.TryResolve(tracee, call, at, path) || !context.TryResolve2(tracee, call, at2, path2))
        {
            return Undeletion.WithoutName(context) is < 0 and var denied
                ? PendingAnswer.Give(tracee, denied)
                : EntryAnswer.Go;
        }

        int given = call.Int(flags);
        bool exchanges = (given & fcntl.RENAME_EXCHANGE) != 0;
        context.Path.Stat(FinalLink.Keep, out FileStamp before);
        context.Path2.Stat(FinalLink.Keep, out FileStamp before2);
        KeptFile? kept = null;
        bool replaces = (given & (fcntl.RENAME_EXCHANGE | fcntl.RENAME_NOREPLACE)) == 0 && before.Exists
            && before2.Exists && !before.IsSameFile(before2);
        if (replaces && Undeletion.KeepName(context, tracee, context.Path2, out kept) is < 0 and var refused)
        {
            return PendingAnswer.Give(tracee, refused);
        }

        context.Announce(context.Path, before, AccessKind.RenameFrom);
        context.Announce(context.Path2, before2, exchanges ? AccessKind.RenameFrom : AccessKind.RenameTo);
        context.Recorder.Renames.Begin();
        return CallContext.Want(tracee, new Pending(given)
        {
            Path = new ByteString(context.Path.Name),
            Path2 = new ByteString(context.Path2.Name),
            Before = before,
            Before2 = before2,
            Kept = kept,
        });
    }

    private sealed class Pending(int flags) : PendingNames
    {
        public override bool ChangesWays =>
            Before.Type != FileType.Regular || Before2.Type is not (FileType.Regular or FileType.None);

        public override ByteString Lost => Before.Type == FileType.Regular ? Path : default;

        protected override bool Exchanges => (flags & fcntl.RENAME_EXCHANGE) != 0;

        public override void Release(CallContext context) => context.Recorder.Renames.End();

        public override bool? HasComeTrue() =>
            !Before.Exists ? false : TryLook(Path, FinalLink.Keep, out FileStamp left)
                ? !Before.IsSameFile(left)
                : null;

        protected override void Succeeded(CallContext context, Tracee tracee, long result)
        {
            // If both names are links to one file, rename(2) does nothing and succeeds.
            if (Before.IsSameFile(Before2))
            {
                if (context.IsManifestKept)
                {
                    // An exchange of two files with equal content looks the same afterwards, so it needs no
                    // counterpart.
                    context.Record(
                        tracee,
                        Change(AccessKind.Probe, Path, Exchanges ? default : Path2, Before.Type, Before),
                        Change(AccessKind.Probe, Path2, default, Before2.Type, Before2));
                }

                return;
            }

            if (Before.Type is FileType.Directory or FileType.Symlink
                || Before2.Type is FileType.Directory or FileType.Symlink)
            {
                context.Names.OwnLinks.Forget();
            }

            Access from = Change(AccessKind.RenameFrom, Path, Path2, Before.Type, Before);
            Access to = Change(AccessKind.RenameTo, Path2, Path, Before.Type, Before2);
            if (Exchanges)
            {
                context.Record(
                    tracee,
                    from,
                    to,
                    Change(AccessKind.RenameFrom, Path2, Path, Before2.Type, Before2),
                    Change(AccessKind.RenameTo, Path, Path2, Before2.Type, Before));
            }
            else
            {
                context.Record(tracee, from, to with { IsExclusive = (flags & fcntl.RENAME_NOREPLACE) != 0 });
            }
        }

        protected override void RecordHindrance(CallContext context, Tracee tracee, long error)
        {
            if (IsFull(error) && Before2.Type == FileType.Directory)
            {
                RecordContained(context, tracee, Path2);
            }
            else
            {
                base.RecordHindrance(context, tracee, error);
            }
        }
    }
}
