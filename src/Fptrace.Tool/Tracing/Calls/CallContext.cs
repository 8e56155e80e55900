using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Processes;
using Fptrace.Tracing.Calls.Sockets;
using Fptrace.Tracing.Calls.Streams;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Scheduling;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls;

/// <summary>What the classes of calls work with. Each supervising thread has its own.</summary>
internal sealed class CallContext
{
    public const uint ReadBits = 1u << (int)AccessKind.Read | 1u << (int)AccessKind.ReadWrite;
    public const uint WriteBits = 1u << (int)AccessKind.Write | 1u << (int)AccessKind.ReadWrite
        | 1u << (int)AccessKind.Create;
    public const uint ExistenceBits = ReadBits | WriteBits | 1u << (int)AccessKind.Probe
        | 1u << (int)AccessKind.MakeDirectory;

    public CallContext(Recorder recorder, DescriptorNames names, ProcessorAffinity affinity, EngineKind engine)
    {
        Recorder = recorder;
        Names = names;
        ProcessorAffinity = affinity;
        Engine = engine;
        Paths = new PathResolver(
            Memory, names, passed: Plan.Probes ? RecordPassed : null, followed: Plan.Probes ? RecordFollowed : null);
        Sockets = new SocketLookups(this);
        Streams = new StreamUses(this);
    }

    public Recorder Recorder { get; }

    public TracePlan Plan => Recorder.Plan;

    public DescriptorNames Names { get; }

    public ProcessorAffinity ProcessorAffinity { get; }

    /// <summary>How the tracee is stopped.</summary>
    public EngineKind Engine { get; }

    /// <summary>The ptrace thread is another one: what only that may do is done when the call is handled
    /// there.</summary>
    public bool IsAway { get; init; }

    /// <summary>The memory of the tracee whose call is handled.</summary>
    public TraceeMemory Memory { get; } = new();

    public PathResolver Paths { get; }

    /// <summary>The path that the current call is about. The next call overwrites it.</summary>
    public ResolvedPath Path { get; } = new();

    /// <summary>The second path of a call that has two, as rename and link do.</summary>
    public ResolvedPath Path2 { get; } = new();

    /// <summary>Whether the current call is a probe that would record nothing if it came again.</summary>
    public bool IsProbeKnown { get; set; }

    /// <summary>Whether that is because the path is recorded as absent.</summary>
    public bool IsProbeAbsent { get; set; }

    public SocketLookups Sockets { get; }

    public StreamUses Streams { get; }

    /// <summary>A buffer for the target of a link in /proc.</summary>
    public byte[] Link { get; } = new byte[4097];

    /// <summary>
    /// Whether a manifest is recorded. It needs all that a call depends on, not only what the call names.
    /// </summary>
    public bool IsManifestKept => Plan.Probes && Recorder.Changes is not null;

    public static EntryAnswer Want(Tracee tracee, PendingCall call)
    {
        tracee.Call.Await(call);
        return EntryAnswer.WantExit;
    }

    /// <summary>Resolves the path that an argument points to, into <see cref="Path"/>.</summary>
    /// <param name="tracee">The caller.</param>
    /// <param name="call">The call.</param>
    /// <param name="at">Position of the descriptor that the path is relative to; −1: the working directory.</param>
    /// <param name="path">Position of the pointer to the path.</param>
    /// <param name="flags">With AT_EMPTY_PATH, a null or empty path means the file of the descriptor itself.</param>
    public bool TryResolve(Tracee tracee, in SyscallEntry call, int at, int path, int flags = 0) =>
        Paths.Resolve(tracee, call.Descriptor(at), call.Argument(path), flags, Path);

    /// <summary>The same for the second path, into <see cref="Path2"/>.</summary>
    public bool TryResolve2(Tracee tracee, in SyscallEntry call, int at, int path) =>
        Paths.Resolve(tracee, call.Descriptor(at), call.Argument(path), flags: 0, Path2);

    /// <summary>Shows the change observer what exists at a path, before the call replaces it.</summary>
    public void Announce(ResolvedPath path, in FileStamp before, AccessKind kind, bool truncates = false)
    {
        if (before.Exists)
        {
            Recorder.Changes?.Changing(path.Name, before, kind, truncates);
        }
    }

    /// <summary>
    /// What exists where the call is to make a name. Only a failed call needs it, and only with probes.
    /// </summary>
    public FileStamp InTheWay(ResolvedPath path)
    {
        FileStamp before = default;
        if (Plan.Probes)
        {
            path.Stat(FinalLink.Keep, out before);
        }

        return before;
    }

    /// <summary>An access that made a node, a socket, or the first name of a file from O_TMPFILE.</summary>
    /// <remarks>
    /// Such a call fails with EEXIST where something exists, so the result depends on no earlier content.
    /// </remarks>
    public static Access Made(ByteString path, FileType type) =>
        new(0, 0, AccessKind.Create, path, default, type, Truncates: true, default) { IsExclusive = true };

    public void Record(Tracee tracee, params ReadOnlySpan<Access> accesses) =>
        Recorder.Record(tracee.Execution, accesses);

    /// <summary>Records that something exists at a path.</summary>
    public void RecordExistence(Tracee tracee, ReadOnlySpan<byte> path, in FileStamp stamp) =>
        Recorder.Record(tracee.Execution, AccessKind.Probe, path, stamp.Type, stamp);

    public bool Knows(Tracee tracee, ResolvedPath path, uint kinds) =>
        Recorder.Knows(tracee.Execution, path.Name, kinds);

    /// <summary>The same for the file that the path leads to.</summary>
    /// <remarks>Unless a final link is kept: then for the link. Replaces <paramref name="path"/> where its last
    /// component is a link into /proc that is followed.</remarks>
    public bool Knows(Tracee tracee, ResolvedPath path, uint kinds, FinalLink follow)
    {
        bool knows = Knows(tracee, path, kinds);
        return follow == FinalLink.Keep || (knows && !Names.OwnLinks.IsEnd(path.Name)) || !Paths.FollowEnd(tracee, path)
            ? knows
            : Knows(tracee, path, kinds);
    }

    /// <param name="tracee">The caller.</param>
    /// <param name="path">What it asks about.</param>
    /// <param name="follow">Whether it means what a link there leads to.</param>
    /// <param name="asksForName"><see cref="Access.AsksForName"/>.</param>
    /// <returns>0 or −errno of the lookup.</returns>
    public int RecordProbe(Tracee tracee, ResolvedPath path, FinalLink follow, bool asksForName = false)
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

        // For "file/" the kernel says ENOTDIR, and yet there is a file.
        AccessKind kind = result == 0 || stamp.Exists ? AccessKind.Probe : AccessKind.Absent;
        Recorder.Record(tracee.Execution,
            new Access(0, 0, kind, default, default, stamp.Type, false,
            stamp) { AsksForName = asksForName }, path.Name);
        if (follow == FinalLink.Keep && stamp.Type == FileType.Symlink && !path.IsDeleted)
        {
            // Whoever follows it later must know that there is more to record.
            Names.OwnLinks.OfEnd(path.Name);
        }

        return stamp.Exists ? 0 : result;
    }

    /// <summary>
    /// Whether the tracee may succeed where our own lookup was denied. Then only the call itself tells.
    /// </summary>
    public static bool MayBeOtherwise(Tracee tracee, ResolvedPath path, int result, in FileStamp found) => result switch
    {
        -errno.EACCES => TraceeCredentials.Overrides(tracee, found.Exists ? path.Owner() : null),

        // Below a foreign root we resolve with openat2(2) and RESOLVE_IN_ROOT. That refuses the links in /proc that the
        // kernel resolves itself, and needs Linux 5.6.
        -errno.ELOOP or -errno.EXDEV or -errno.ENOSYS => tracee.HasForeignRoot && !found.Exists,
        _ => false,
    };

    /// <summary>Records what exists at a directory of a path. Only a manifest needs what is no directory.</summary>
    public void RecordWay(Tracee tracee, ReadOnlySpan<byte> path)
    {
        FileStamps.Of([.. path, 0], FinalLink.Follow, out FileStamp stamp);
        if (stamp.Type == FileType.Directory || IsManifestKept)
        {
            Recorder.Record(tracee.Execution, stamp.Exists ? AccessKind.Probe : AccessKind.Absent, path,
                stamp.Type, stamp);
        }
    }

    /// <summary>
    /// Records a directory that the path enters and leaves by "..". The path's meaning depends on it.
    /// </summary>
    private void RecordPassed(Tracee tracee, ByteString directory)
    {
        if (!Recorder.Knows(tracee.Execution, directory.Span, Recorder.Bit(AccessKind.Probe)))
        {
            RecordWay(tracee, directory.Span);
        }
    }

    /// <summary>
    /// Records a link into /proc that the path leads through. The tracee gets elsewhere by it than we would.
    /// </summary>
    private void RecordFollowed(Tracee tracee, ByteString link)
    {
        if (FileStamps.Of([.. link.Span, 0], FinalLink.Keep, out FileStamp stamp) == 0)
        {
            var access = new Access(0, 0, AccessKind.Probe, default, default, stamp.Type, false,
                stamp) { AsksForName = true };
            Recorder.Record(tracee.Execution, access, link.Span);
        }
    }
}
