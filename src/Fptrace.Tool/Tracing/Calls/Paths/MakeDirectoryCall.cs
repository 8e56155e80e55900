using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>mkdir, mkdirat.</summary>
internal sealed class MakeDirectoryCall(int path, int at = -1) : Call
{
    public override string Title => "Make directory";

    public override PathPositions? Paths => new(path);

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => plan.Removals ? Trap.Stop : null;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit) =>
        context.TryResolve(tracee, call, at, path)
            ? CallContext.Want(tracee,
                new Pending { Path = new ByteString(context.Path.Name), Before = context.InTheWay(context.Path) })
            : EntryAnswer.Go;

    private sealed class Pending : PendingName
    {
        // What was missing below it is still missing.
        public override bool ChangesWays => false;

        protected override bool Makes => true;

        public override bool? HasComeTrue() => IsMade(FileType.Directory);

        protected override void Succeeded(CallContext context, Tracee tracee, long result) =>
            context.Record(tracee, Change(AccessKind.MakeDirectory, Path, default, FileType.Directory, default) with
            {
                IsExclusive = true,
            });
    }
}
