using static Fptrace.Interop.fcntl;
using static Fptrace.Interop.sched;

namespace Fptrace.Tracing;

/// <summary>Which operations a plan traps, and how. Filter and dispatch both ask here.</summary>
internal static class Channels
{
    /// <summary>Flags of open that make it a change.</summary>
    public const int WriteIntent = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;

    /// <summary>Flags of clone that hide the child from us or give it other paths.</summary>
    public const uint WatchedCloneFlags = CLONE_UNTRACED | CLONE_NEWNS | CLONE_NEWUSER;

    public static Channel Of(Operation operation, TracePlan plan) => operation switch
    {
        Operation.Execute => Channel.Observe,
        Operation.CloneHow or Operation.Credentials or Operation.ChangeRoot or Operation.Mount or Operation.Unshare
            or Operation.SetNamespace => Channel.Change,
        Operation.Clone => Channel.ByCloneFlags,
        Operation.IoUring => plan.AllowIoUring ? Channel.Change : Channel.Refuse,
        Operation.Open => plan.Files ? Channel.ByOpenFlags : Channel.None,
        Operation.OpenHow or Operation.OpenHandle or Operation.Rename or Operation.Link or Operation.Symlink
            or Operation.Truncate or Operation.TruncateDescriptor or Operation.Attributes
            or Operation.AttributesDescriptor or Operation.MakeNode => plan.Files ? Channel.Change : Channel.None,
        Operation.Remove => plan.Removals || plan.Undelete ? Channel.Change : Channel.None,
        Operation.MakeDirectory => plan.Removals ? Channel.Change : Channel.None,
        Operation.Probe or Operation.Listing => plan.Probes ? Channel.Observe : Channel.None,
        Operation.Input or Operation.Output or Operation.Transfer or Operation.ReplaceDescriptor => plan.Stdio ? Channel.ByDescriptor : Channel.None,
        _ => Channel.None,
    };

    /// <summary>What the filter does in the kernel, for the engine that has none.</summary>
    public static bool Traps(in SyscallEntry call, TracePlan plan) => Of(call.Form.Operation, plan) switch
    {
        Channel.None => false,
        Channel.ByCloneFlags => ((uint)call.Flags & WatchedCloneFlags) != 0,
        Channel.ByDescriptor => IsStandard(call, call.Form.At) || IsStandard(call, call.Form.At2),
        _ => true,
    };

    private static bool IsStandard(in SyscallEntry call, int position) => position >= 0 && call.Int(position) is >= 0 and <= 2;
}
