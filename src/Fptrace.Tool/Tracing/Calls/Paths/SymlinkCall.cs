using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>symlink, symlinkat.</summary>
internal sealed class SymlinkCall(int target, int path, int at = -1) : Call
{
    public override string Title => "Symbolic link";

    public override PathPositions? Paths => new(path);

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.Files ? Trap.Stop : null;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        byte[]? text = context.Memory.ReadLongString(call.Argument(target));
        if (text is null || !context.TryResolve(tracee, call, at, path))
        {
            return EntryAnswer.Go;
        }

        return CallContext.Want(
            tracee,
            new Pending(new ByteString(text)) { Path = new ByteString(context.Path.Name),
            Before = context.InTheWay(context.Path) });
    }

    private sealed class Pending(ByteString target) : PendingName
    {
        protected override bool Makes => true;

        public override bool? HasComeTrue() => IsMade(FileType.Symlink);

        protected override void Succeeded(CallContext context, Tracee tracee, long result)
        {
            context.Names.OwnLinks.Forget();
            context.Record(tracee,
                Change(AccessKind.Symlink, Path, target, FileType.Symlink, default) with { IsExclusive = true });
        }
    }
}
