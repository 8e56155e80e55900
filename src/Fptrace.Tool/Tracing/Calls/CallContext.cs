using Fptrace.Linux.Headers;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Sockets;
using Fptrace.Tracing.Calls.Streams;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Scheduling;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls;

/// <summary>What the classes of calls work with. Each supervising thread has its own; a tracee whose call is handled stands still.</summary>
internal sealed class CallContext
{
    public const uint ReadBits = 1u << (int)AccessKind.Read | 1u << (int)AccessKind.ReadWrite;
    public const uint WriteBits = 1u << (int)AccessKind.Write | 1u << (int)AccessKind.ReadWrite | 1u << (int)AccessKind.Create;
    public const uint ExistenceBits = ReadBits | WriteBits | 1u << (int)AccessKind.Probe | 1u << (int)AccessKind.MakeDirectory;

    public CallContext(Recorder recorder, DescriptorNames names, Placement placement, EngineKind engine)
    {
        Recorder = recorder;
        Names = names;
        Placement = placement;
        Engine = engine;
        Paths = new PathResolver(
            Memory, names, passed: Plan.Probes ? RecordPassed : null, followed: Plan.Probes ? RecordFollowed : null);
        Sockets = new SocketLookups(this);
        Streams = new StreamUses(this);
    }

    public Recorder Recorder { get; }

    public TracePlan Plan => Recorder.Plan;

    public DescriptorNames Names { get; }

    public Placement Placement { get; }

    /// <summary>By what the tracee is stopped.</summary>
    public EngineKind Engine { get; }

    /// <summary>The ptrace thread is another one: what only that may do is done when the call is handled there.</summary>
    public bool IsAway { get; init; }

    /// <summary>The memory of the tracee whose call is handled.</summary>
    public TraceeMemory Memory { get; } = new();

    public PathResolver Paths { get; }

    /// <summary>The name that the call is about, until the next one.</summary>
    public ResolvedPath Path { get; } = new();

    /// <summary>Its second name.</summary>
    public ResolvedPath Path2 { get; } = new();

    public SocketLookups Sockets { get; }

    public StreamUses Streams { get; }

    /// <summary>Room for what a link of /proc leads to.</summary>
    public byte[] Link { get; } = new byte[4097];

    /// <summary>Somebody wants to know all that the calls depend on, and not only what they name.</summary>
    public bool IsManifestKept => Plan.Probes && Recorder.Changes is not null;

    public static EntryAnswer Want(Tracee tracee, PendingCall call)
    {
        tracee.Call.Await(call);
        return EntryAnswer.WantExit;
    }

    /// <summary>Finds the name that an argument points to; it is in <see cref="Path"/> then.</summary>
    /// <param name="tracee">Whose call.</param>
    /// <param name="call">The call.</param>
    /// <param name="at">Position of the descriptor that the path is relative to; −1: the working directory.</param>
    /// <param name="path">Position of the pointer to it.</param>
    /// <param name="orDescriptor">No path, or an empty one, means the file of the descriptor.</param>
    public bool TryResolve(Tracee tracee, in SyscallEntry call, int at, int path, bool orDescriptor = false) =>
        Paths.Resolve(tracee, call.Descriptor(at), call.Argument(path), orDescriptor, Path);

    /// <summary>The same of the second name: <see cref="Path2"/>.</summary>
    public bool TryResolve2(Tracee tracee, in SyscallEntry call, int at, int path) =>
        Paths.Resolve(tracee, call.Descriptor(at), call.Argument(path), orDescriptor: false, Path2);

    /// <summary>Shows what stands at a path to whoever needs it, before the call goes on and replaces it.</summary>
    public void Announce(ResolvedPath path, in FileStamp before, AccessKind kind, bool truncates = false)
    {
        if (before.Exists)
        {
            Recorder.Changes?.Changing(path.Name, before, kind, truncates);
        }
    }

    /// <summary>What stands where a name is to be made: only its failure needs it.</summary>
    public FileStamp InTheWay(ResolvedPath path)
    {
        FileStamp before = default;
        if (Plan.Probes)
        {
            path.Stat(follow: false, out before);
        }

        return before;
    }

    /// <summary>What came where nothing stood, or its call had failed: a node, a socket, the first name of an O_TMPFILE.</summary>
    public static Access Made(ByteString path, FileType type) => new(0, 0, AccessKind.Create, path, default, type, Truncates: true, default) { IsExclusive = true };

    public void Record(Tracee tracee, params ReadOnlySpan<Access> accesses) => Recorder.Record(tracee.Execution, accesses);

    /// <summary>That something is there under a name: its stamp tells what.</summary>
    public void RecordExistence(Tracee tracee, ReadOnlySpan<byte> path, in FileStamp stamp) =>
        Recorder.Record(tracee.Execution, AccessKind.Probe, path, stamp.Type, stamp);

    public bool Knows(Tracee tracee, ResolvedPath path, uint kinds) => Recorder.Knows(tracee.Execution, path.Name, kinds);

    /// <summary>The same of what the path leads to, which becomes another one where a link at its end leads into /proc.</summary>
    public bool KnowsFollowed(Tracee tracee, ResolvedPath path, uint kinds)
    {
        bool knows = Knows(tracee, path, kinds);
        return (knows && !Names.OwnLinks.IsEnd(path.Name)) || !Paths.FollowEnd(tracee, path) ? knows : Knows(tracee, path, kinds);
    }

    public void RecordProbe(Tracee tracee, ResolvedPath path, bool follow)
    {
        int result;
        FileStamp stamp;
        using (TraceeCredentials.Borrow(tracee))
        {
            result = path.Stat(follow, out stamp);
        }

        if (result < 0 && MayBeOtherwise(tracee, path, result, stamp))
        {
            result = 0;
            path.Stat(follow, out stamp);
        }

        // Of "file/" the file is there, whatever the call says.
        AccessKind kind = result == 0 || stamp.Exists ? AccessKind.Probe : AccessKind.Absent;
        Recorder.Record(tracee.Execution, new Access(0, 0, kind, default, default, stamp.Type, false, stamp) { AsksForName = !follow }, path.Name);
    }

    /// <summary>Whether what we were denied may be granted to the tracee, so that only the call itself tells.</summary>
    public static bool MayBeOtherwise(Tracee tracee, ResolvedPath path, int result, in FileStamp found) => result switch
    {
        -errno.EACCES => TraceeCredentials.Overrides(tracee, found.Exists ? path.Owner() : null),

        // Below a root that is not ours no link of /proc can be followed (openat2(2), RESOLVE_IN_ROOT), and before Linux 5.6 nothing is found.
        -errno.ELOOP or -errno.EXDEV or -errno.ENOSYS => tracee.HasForeignRoot && !found.Exists,
        _ => false,
    };

    /// <summary>A directory on the way of a path, or what stands in its place, or that nothing does.</summary>
    public void RecordWay(Tracee tracee, ReadOnlySpan<byte> path, bool onlyDirectory)
    {
        FileStamps.Of([.. path, 0], follow: true, out FileStamp stamp);
        if (stamp.Type == FileType.Directory || !onlyDirectory)
        {
            Recorder.Record(tracee.Execution, stamp.Exists ? AccessKind.Probe : AccessKind.Absent, path, stamp.Type, stamp);
        }
    }

    /// <summary>A directory that a path leads through and, by "..", out of again: had it led elsewhere, so would the path.</summary>
    private void RecordPassed(Tracee tracee, ByteString directory)
    {
        if (!Recorder.Knows(tracee.Execution, directory.Span, Recorder.Bit(AccessKind.Probe)))
        {
            RecordWay(tracee, directory.Span, onlyDirectory: !IsManifestKept);
        }
    }

    /// <summary>A link into /proc, which leads the tracee elsewhere than us.</summary>
    private void RecordFollowed(Tracee tracee, ByteString link)
    {
        if (FileStamps.Of([.. link.Span, 0], follow: false, out FileStamp stamp) == 0)
        {
            var access = new Access(0, 0, AccessKind.Probe, default, default, stamp.Type, false, stamp) { AsksForName = true };
            Recorder.Record(tracee.Execution, access, link.Span);
        }
    }
}
