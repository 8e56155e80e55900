using Fptrace.Linux.FileSystem;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;
using static Fptrace.Linux.Headers.mount;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>mount, move_mount and pivot_root: afterwards paths may mean other files.</summary>
/// <param name="path">Position of the path of the mount point; −1 for pivot_root.</param>
/// <param name="type">Position of the file system's name.</param>
/// <param name="flags">Position of the MS_ flags.</param>
internal sealed class MountCall(int path = -1, int type = -1, int flags = -1) : Call
{
    // With one of these flags mount(2) gives no path another meaning.
    private const int HarmlessFlags = MS_REMOUNT | MS_SHARED | MS_SLAVE | MS_PRIVATE | MS_UNBINDABLE;

    // Room for the names that IsNew knows.
    private const int LongestType = 16;

    public override string Title => "Mounts: what paths mean";

    public override PathPositions? Paths => new(path);

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => Trap.Stop;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        bool isHarmless = (call.Int(flags) & HarmlessFlags) != 0
            || (path >= 0
                && !context.Names.Hosts.IsForeign(tracee.Tid)
                && context.TryResolve(tracee, call, at: -1, path)
                && IsKernelsOwn(context.Path.Name));
        if (isHarmless)
        {
            return EntryAnswer.Go;
        }

        if (path >= 0 && (call.Int(flags) & (MS_BIND | MS_MOVE)) == 0)
        {
            Span<byte> name = stackalloc byte[LongestType];
            context.Names.Remote.Expect(TypeOf(context, call, name));
        }

        return CallContext.Want(tracee, new Pending(HidesNothing(context, tracee, call)
            ? new ByteString(context.Path.Name)
            : default));
    }

    private ReadOnlySpan<byte> TypeOf(CallContext context, in SyscallEntry call, Span<byte> name) =>
        type < 0 ? default : name[..Math.Max(context.Memory.ReadString(call.Argument(type), name), 0)];

    /// <summary>Whether the call mounts a new file system on an empty directory.</summary>
    /// <remarks>No path below it had a file before, and new files there have the same name for us.</remarks>
    private bool HidesNothing(CallContext context, Tracee tracee, in SyscallEntry call)
    {
        Span<byte> name = stackalloc byte[LongestType];
        return type >= 0
            && (call.Int(flags) & (MS_BIND | MS_MOVE)) == 0
            && !context.Names.Hosts.IsForeign(tracee.Tid)
            && IsNew(TypeOf(context, call, name))
            && context.TryResolve(tracee, call, at: -1, path)
            && DirectoryContents.IsEmpty([.. context.Path.Name, 0]);
    }

    private static bool IsNew(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("tmpfs"u8) || type.SequenceEqual("ramfs"u8) || type.SequenceEqual("proc"u8)
            || type.SequenceEqual("sysfs"u8)
        || type.SequenceEqual("devpts"u8) || type.SequenceEqual("mqueue"u8);

    /// <summary>Whether a mount point is in a file system of the kernel, where no name is recorded.</summary>
    internal static bool IsKernelsOwn(ReadOnlySpan<byte> path) =>
        PathNesting.IsAtOrBelow(path, "/proc"u8) || PathNesting.IsAtOrBelow(path, "/sys"u8)
            || PathNesting.IsAtOrBelow(path, "/dev"u8);

    /// <param name="empty">The directory that gets a new file system and was empty, if it is so.</param>
    private sealed class Pending(ByteString empty) : PendingCall
    {
        public override bool ChangesNames => true;

        protected override void Succeeded(CallContext context, Tracee tracee, long result)
        {
            context.Names.Hosts.Changed();
            context.Names.Remote.Look(tracee.Tid);
            if (!empty.IsEmpty)
            {
                context.Names.NewMounts.Add(empty);
                return;
            }

            tracee.Enter(Surroundings.ForeignRoot);
            if (!context.Names.Hosts.IsForeign(tracee.Tid))
            {
                context.Recorder.AddReason(
                    IncompleteReason.MountNamespace, tracee.Tgid,
                    "mounts were changed; a path may mean another file than before");
            }
        }
    }
}
