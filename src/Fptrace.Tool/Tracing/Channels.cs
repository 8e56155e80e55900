using Fptrace.Interop;
using static Fptrace.Interop.fcntl;
using static Fptrace.Interop.mount;
using static Fptrace.Interop.sched;
using static Fptrace.Interop.socket;

namespace Fptrace.Tracing;

/// <summary>Which operations a plan traps, and how. Filter and dispatch both ask here.</summary>
internal static class Channels
{
    /// <summary>Flags of open that make it a change.</summary>
    public const int WriteIntent = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;

    /// <summary>Flags of clone that hide the child from us or give it other paths.</summary>
    public const uint WatchedCloneFlags = CLONE_UNTRACED | CLONE_NEWNS | CLONE_NEWUSER;

    /// <summary>Numbers of socketcall whose address is looked at.</summary>
    public static readonly int[] ConnectingSocketCalls = [SYS_SENDTO, SYS_SENDMSG, SYS_SENDMMSG];

    /// <summary>Numbers of socketcall whose result tells who is at the other end.</summary>
    public static readonly int[] MeetingSocketCalls = [SYS_CONNECT, SYS_ACCEPT, SYS_ACCEPT4];

    /// <summary>Requests of ioctl that change what chattr(1) does.</summary>
    public static readonly uint[] AttributeRequests = [ioctl.FS_IOC_SETFLAGS, ioctl.FS_IOC32_SETFLAGS, ioctl.FS_IOC_FSSETXATTR];

    /// <summary>Requests of ioctl that only a terminal answers, and those that change how it answers.</summary>
    public static readonly uint[] TerminalRequests =
    [
        ioctl.TCGETS, ioctl.TCSETS, ioctl.TCSETSW, ioctl.TCSETSF, ioctl.TCGETA, ioctl.TIOCGPGRP, ioctl.TIOCSTI, ioctl.TIOCGWINSZ, ioctl.TIOCGETD, ioctl.TIOCGSID,
        ioctl.TCGETS2, ioctl.TCSETS2, ioctl.TCSETSW2, ioctl.TCSETSF2,
    ];

    /// <summary>Requests of ptrace that only one tracer can be granted.</summary>
    public static readonly int[] TraceRequests = [ptrace.PTRACE_TRACEME, ptrace.PTRACE_ATTACH, ptrace.PTRACE_SEIZE];

    public static Channel Of(Operation operation, TracePlan plan) => operation switch
    {
        Operation.Execute => Channel.Observe,
        Operation.CloneHow or Operation.UserIds or Operation.GroupIds or Operation.Credentials or Operation.Restrict or Operation.ChangeRoot or Operation.Mount or Operation.Unshare
            or Operation.SetNamespace or Operation.Unknown => Channel.Change,
        Operation.DetachedMount => Channel.ByTreeFlags,
        Operation.Clone => Channel.ByCloneFlags,
        Operation.IoUring => plan.AllowIoUring ? Channel.Change : Channel.Refuse,
        Operation.Open => plan.Files ? Channel.ByOpenFlags : Channel.None,
        Operation.OpenHow or Operation.OpenHandle or Operation.AskProcessors or Operation.ChooseProcessors or Operation.Rename or Operation.Link or Operation.Symlink
            or Operation.Truncate or Operation.TruncateDescriptor or Operation.Allocate or Operation.Attributes
            or Operation.AttributesDescriptor or Operation.MakeNode => plan.Files ? Channel.Change : Channel.None,
        Operation.AttributesByRequest => plan.Files ? Channel.ByRequest : Channel.None,
        Operation.Remove => plan.Removals || plan.Undelete ? Channel.Change : Channel.None,
        Operation.MakeDirectory => plan.Removals ? Channel.Change : Channel.None,
        Operation.Probe or Operation.Listing => plan.Probes ? Channel.Observe : Channel.None,
        Operation.Bind => plan.Files || plan.Network ? Channel.Change : Channel.None,
        Operation.SocketCall => plan.Files || plan.Network ? Channel.BySocketCall : Channel.None,
        Operation.Connect or Operation.Accept => plan.Network ? Channel.Change : Channel.None,
        Operation.SendMessage or Operation.SendMessages => plan.Network ? Channel.Observe : Channel.None,
        Operation.SendTo => plan.Network ? Channel.ByAddress : Channel.None,
        Operation.Trace => Channel.ByTraceRequest,
        Operation.Listen => Channel.ByListenerFlag,
        Operation.Output or Operation.Transfer when plan.Terminal is { SeesWrites: true } => Channel.Change,
        Operation.Output or Operation.Transfer when plan.Prints is not null => Channel.Observe,
        Operation.Input when plan.Prints is { Reads: true } => Channel.Observe,
        Operation.Input when plan.Terminal is not null => Channel.ByInput,
        Operation.Input or Operation.Output or Operation.Transfer or Operation.ReplaceDescriptor => plan.Stdio ? Channel.ByDescriptor : Channel.None,
        _ => Channel.None,
    };

    /// <summary>What the filter does in the kernel, for the engine that has none.</summary>
    public static bool Traps(in SyscallEntry call, TracePlan plan) => Of(call.Form.Operation, plan) switch
    {
        Channel.None => false,
        Channel.ByCloneFlags => ((uint)call.Flags & WatchedCloneFlags) != 0,
        Channel.ByTreeFlags => call.Form.Flags < 0 || (call.Flags & OPEN_TREE_CLONE) != 0,
        Channel.ByAddress => call.Argument(call.Form.Path) != 0,
        Channel.BySocketCall => call.Flags == SYS_BIND || (plan.Network && (MeetingSocketCalls.Contains(call.Flags) || ConnectingSocketCalls.Contains(call.Flags))),
        Channel.ByTraceRequest => TraceRequests.Contains(call.Flags),
        Channel.ByListenerFlag => ((uint)call.Flags & seccomp.SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0,
        Channel.ByRequest => AttributeRequests.Contains((uint)call.Flags) || (plan.Terminal is not null && TerminalRequests.Contains((uint)call.Flags)),
        Channel.ByInput => call.At == 0,
        Channel.ByDescriptor => IsStandard(call, call.Form.At) || IsStandard(call, call.Form.At2),
        _ => true,
    };

    /// <summary>Whether a call comes as a notification, where there are any.</summary>
    public static bool Notifies(in SyscallEntry call, TracePlan plan) => Of(call.Form.Operation, plan) switch
    {
        Channel.ByOpenFlags => IsObservedOpen(call),
        Channel.BySocketCall => plan.Network && ConnectingSocketCalls.Contains(call.Flags),
        Channel.Observe or Channel.ByAddress or Channel.ByDescriptor or Channel.ByTraceRequest => Traps(call, plan),
        _ => false,
    };

    /// <summary>An open that comes as a notification, where there are any.</summary>
    public static bool IsObservedOpen(in SyscallEntry call) =>
        call.Form.Operation == Operation.Open && call.Form.Flags >= 0 && (call.Flags & WriteIntent) == 0;

    /// <summary>Whether a call that came as a notification may be made again under ptrace, which sees how it ends.</summary>
    public static bool MayBeMadeAgain(in SyscallEntry call, TracePlan plan) =>
        IsObservedOpen(call) || (call.Form.Operation == Operation.Transfer && Of(Operation.Transfer, plan) == Channel.Observe);

    private static bool IsStandard(in SyscallEntry call, int position) => position >= 0 && call.Int(position) is >= 0 and <= 2;
}
