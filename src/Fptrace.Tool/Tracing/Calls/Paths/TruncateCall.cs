using Fptrace.Keeping;
using Fptrace.Linux.FileSystem;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>truncate, ftruncate and fallocate: they set or extend the size of a file.</summary>
/// <param name="path">Position of the path; −1: the call is about a descriptor.</param>
/// <param name="fd">Position of the descriptor.</param>
/// <param name="length">Position of the new length; −1 for fallocate, which cuts nothing off.</param>
/// <param name="highLength">Position of the high half of the length, where truncate64 passes it separately.</param>
internal sealed class TruncateCall(int path = -1, int fd = -1, int length = -1, int highLength = -1) : Call
{
    public override string Title => "Size of a file";

    public override PathPositions? Paths => new(path);

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.Files ? Trap.Stop : null;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        bool found = path >= 0
            ? context.TryResolve(tracee, call, at: -1, path)
            : context.Paths.Descriptor(tracee.Tid, call.Int(fd), context.Path);
        if (!found || context.Path.IsDeleted)
        {
            return EntryAnswer.Go;
        }

        ulong size = length < 0 ? ulong.MaxValue : call.Argument(length) | (call.Argument(highLength) << 32);
        bool known = context.Knows(tracee, context.Path, CallContext.WriteBits, FinalLink.Follow)
            && context.Plan.Undelete is null;
        if (known && (size != 0 || context.Recorder.Changes is null))
        {
            return EntryAnswer.Go;
        }

        context.Path.Stat(FinalLink.Follow, out FileStamp before);
        KeptFile? kept = null;
        if (size < (ulong)before.Size
            && Undeletion.KeepContent(context, tracee, context.Path, before, out kept) is < 0 and var refused)
        {
            return PendingAnswer.Give(tracee, refused);
        }

        context.Announce(context.Path, before, AccessKind.Write, size == 0);
        return CallContext.Want(tracee,
            new Pending(empties: size == 0, known)
            {
                Path = new ByteString(context.Path.Name),
                Before = before,
                Kept = kept,
            });
    }

    /// <param name="empties">Whether the call cuts the file to nothing.</param>
    /// <param name="isKnown">Whether the access is recorded already.</param>
    private sealed class Pending(bool empties, bool isKnown) : PendingName
    {
        public override bool ChangesWays => false;

        public override bool? HasComeTrue() => Before.Exists;

        protected override void Succeeded(CallContext context, Tracee tracee, long result)
        {
            if (!isKnown)
            {
                context.Recorder.Record(tracee.Execution, AccessKind.Write, Path.Span, FileType.Regular,
                    Before, empties);
            }

            if (empties)
            {
                context.Recorder.Changes?.Emptied(Path);
            }
        }

        protected override void Failing(CallContext context)
        {
            if (empties)
            {
                // The entry announced that the content goes away unread. It has stayed, so the command may read it from
                // now on.
                context.Recorder.Changes?.Changing(Path.Span, Before, AccessKind.ReadWrite, truncates: false);
            }
        }
    }
}
